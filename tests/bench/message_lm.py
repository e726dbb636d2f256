#!/usr/bin/env python3
"""A language model of messages as callers leave them, for what docs/transcription.md says of it.

    tests/bench/message_lm.py --texts            the sentences, one a line
    tests/bench/message_lm.py > messages.lm      their trigrams as ARPA, absolute discounting with back-off

The sentences are made from patterns written for this, none from a prompt of the test. The same seed gives the same."""
import argparse
import collections
import math
import random

SLOTS = {
    "name": "james mary robert linda michael susan david karen peter anna daniel laura martin helen george julia frank alice tom nancy",
    "last": "miller johnson baker cooper wright turner phillips morgan fisher hughes kelly bennett murphy collins parker reed",
    "firm": "the dentist|the garage|the bank|the hospital|the school|the insurance company|the post office|the book shop|the "
            "landlord|the delivery service|the travel agency|the city office|the vet|the plumber|human resources|accounting",
    "day": "monday tuesday wednesday thursday friday saturday sunday tomorrow today",
    "hour": "one two three four five six seven eight nine ten eleven twelve",
    "min": "fifteen|thirty|forty five|o'clock|twenty|ten",
    "part": "in the morning|in the afternoon|in the evening|at noon|tonight|after lunch|before dinner|this week|next week",
    "digit": "zero one two three four five six seven eight nine oh",
    "thing": "the invoice|the contract|your car|the package|the meeting|your appointment|the keys|the tickets|your order|the report|the "
             "apartment|the test results|the repair|the photos|your application|the birthday party|the printer|the computer",
    "state": "ready|late|broken|finished|still open|on its way|cancelled|confirmed|not here yet|all set|too expensive|sold|waiting for you",
    "place": "at home|at the office|in the car|at the airport|at the station|in a meeting|out of town|on the road|at work|downstairs",
    "who": "my husband|my wife|my mother|my boss|our manager|my brother|your sister|the doctor|my daughter|the driver|a friend|my son",
    "phone": "{digit} {digit} {digit} {digit} {digit} {digit} {digit}",
    "time": "{hour} {min}|{hour} {min} {part}|{hour} {part}|half past {hour}|quarter to {hour}",
}
PATTERNS = """hi this is {name} {last}
hello {name} this is {name} from {firm}
hi {name} it's {name} again
hey it's me i'm {place}
good morning this is {firm} calling about {thing}
good afternoon my name is {name} {last} and i'm calling about {thing}
i just wanted to let you know that {thing} is {state}
i'm calling because {thing} is {state}
we wanted to tell you that {thing} is {state}
could you call me back at {phone}
please call me back when you get this
please give me a call back on {phone} thank you
my number is {phone} i'll say that again {phone}
you can reach me at {phone} until {time}
you can reach me on my cell at {phone}
i'll be {place} until {time}
i'll try you again {day} at {time}
i tried to reach you {day} but you were {place}
sorry i missed your call i was {place}
i'm returning your call about {thing}
can we meet {day} at {time}
are you free {day} around {time}
i'm running late i should be there by {time}
i can't make it {day} can we do {day} instead
your appointment is on {day} at {time}
we have to move your appointment to {day} at {time}
don't forget to pick up {who} at {time}
{who} asked me to call you about {thing}
{who} is {place} and would like to talk to you
do you know if {thing} is {state}
would you mind bringing {thing} {day}
it's not urgent but i'd like to talk to you about {thing}
it's about {thing} please get back to me as soon as you can
when you have a minute give me a ring
thanks a lot and talk to you soon
thanks bye
okay talk to you later bye
have a great day bye bye
love you see you {part}
happy birthday {name} i hope you have a wonderful day
let me know what you think about {thing}
let me know if {day} works for you
we are open {day} from {hour} to {hour}
the reference number is {digit} {digit} {digit} {digit}
i left {thing} with {who} so you can get it {day}
i spoke to {who} and {thing} is {state}
we still need your signature on {thing}
i got your message and yes {day} is fine
i don't think i can come {day} because {who} is sick
just checking if you got my email about {thing}
we will deliver {thing} on {day} between {hour} and {hour}
nobody was home so we left {thing} with {who}
call me on {phone} if you have any questions
if i'm not there please leave a message with {who}
tell {name} that i said hello
um hi yeah this is {name} uh i'm calling for {name} {last}
i wasn't able to find {thing} could you help me
could you ask {name} to send me {thing}
the total is {hour} hundred and {min} dollars
i'm sorry about {day} i hope you are not angry""".splitlines()
COUNT, SEED, DISCOUNT = 800, 1, 0.5


def choices(slot):
    text = SLOTS[slot]
    return text.split("|") if "|" in text or "{" in text else text.split()


def fill(text, chance):
    while "{" in text:
        before, slot = text.split("{", 1)
        slot, behind = slot.split("}", 1)
        text = before + chance.choice(choices(slot)) + behind
    return text


def sentences():
    chance = random.Random(SEED)
    return [fill(PATTERNS[i % len(PATTERNS)], chance) for i in range(COUNT)]


def counts_of(texts):
    """counts[n][words] of the n-grams of one, two and three words."""
    counts = [collections.Counter() for _ in range(4)]
    for text in texts:
        words = ["<s>", *text.split(), "</s>"]
        for n in (1, 2, 3):
            counts[n].update(tuple(words[i:i + n]) for i in range(len(words) - n + 1))
    del counts[1][("<s>",)]
    return counts


class Model:
    """p: of each n-gram; left: what each history leaves to the shorter one, by what the longer ones do not take there."""

    def __init__(self, counts):
        total = sum(counts[1].values())
        self.p = [{}, {gram: n / total for gram, n in counts[1].items()}, {}, {}]
        self.left = {}
        for n in (2, 3):
            self.discount(n, counts[n])

    def discount(self, n, counts):
        followers = collections.defaultdict(list)
        for gram, count in counts.items():
            followers[gram[:-1]].append((gram, count))
        for history, grams in followers.items():
            total = sum(count for _, count in grams)
            for gram, count in grams:
                self.p[n][gram] = (count - DISCOUNT) / total
            taken = min(sum(self.p[n - 1][gram[1:]] for gram, _ in grams), 1 - 1e-6)
            self.left[history] = DISCOUNT * len(grams) / total / (1 - taken)

    def arpa(self):
        self.p[1][("<s>",)] = 1e-99
        yield "\\data\\"
        yield from (f"ngram {n}={len(self.p[n])}" for n in (1, 2, 3))
        for n in (1, 2, 3):
            yield f"\n\\{n}-grams:"
            for gram, p in sorted(self.p[n].items()):
                left = f"\t{math.log10(self.left.get(gram, 1)):.4f}" if n < 3 else ""
                yield f"{math.log10(p):.4f}\t{' '.join(gram)}{left}"
        yield "\n\\end\\"


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--texts", action="store_true", help="the sentences instead of the model")
    args = args.parse_args()
    texts = sentences()
    print("\n".join(texts if args.texts else Model(counts_of(texts)).arpa()))


if __name__ == "__main__":
    main()
