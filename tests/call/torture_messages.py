"""The messages of RFC 4475 and RFC 5118, one row each: what the RFC says an element does with it, and what this server answers to
one that has not logged in.

They stand here as the RFCs have them, but for two things: the topmost Via says UDP, by which they are sent, and what no text file
can hold is written with escapes. Lines end with CRLF on the wire. [len] is the body's length.
"""
from collections import namedtuple

DROPPED = None  # no answer
Row = namedtuple("Row", "name says answer text then", defaults=(None,))  # then: the answer with credentials, where the first is 401

SDP = """v=0
o=mhandley 29739 7272939 IN IP4 192.0.2.3
s=-
c=IN IP4 192.0.2.4
t=0 0
m=audio 49217 RTP/AVP 0 12
m=video 3227 RTP/AVP 31
a=rtpmap:31 LPC
"""
AUDIO = """v=0
o=caller 53655765 2353687637 IN {from_}
s=-
t=0 0
c=IN {at}
m=audio 22334 RTP/AVP 0
"""


def request(start, *lines, body=""):
    """A request with a body, or none."""
    return "\n".join([start, *lines, "", body])


def invite(name, *lines, start="INVITE sip:user@example.com SIP/2.0", body=SDP, length="[len]", kind="application/sdp", via=None,
           to="sip:user@example.com", contact="<sip:caller@host5.example.net>"):
    """What most INVITEs of RFC 4475 have in common."""
    return request(start, "Max-Forwards: 70", f"To: {to}", "From: sip:caller@example.net;tag=2234", f"Call-ID: {name}.torture@192.0.2.5",
                   "CSeq: 8 INVITE", via or f"Via: SIP/2.0/UDP 192.0.2.5;branch=z9hG4bK{name}", f"Contact: {contact}", *lines,
                   f"Content-Type: {kind}", f"Content-Length: {length}", body=body)


def options(name, *lines, start="OPTIONS sip:user@example.com SIP/2.0", to="sip:user@example.com", sender="sip:caller@example.org;tag=33242",
            via=None, cseq="8 OPTIONS", forwards=70, length="Content-Length: 0", body=""):
    return request(start, via or f"Via: SIP/2.0/UDP host1.example.com;branch=z9hG4bK{name}", f"Max-Forwards: {forwards}", f"From: {sender}", f"To: {to}",
                   f"Call-ID: {name}.torture@192.0.2.1", f"CSeq: {cseq}", *lines, length, body=body)


def register(name, *lines, start="REGISTER sip:example.com SIP/2.0", to="sip:user@example.com", sender="sip:user@example.com;tag=998332",
             via=None, cseq="29344 REGISTER", contact="<sip:user@192.0.2.1>", forwards=70):
    return request(start, f"To: {to}", f"From: {sender}", f"Call-ID: {name}.torture@192.0.2.1", f"CSeq: {cseq}", f"Max-Forwards: {forwards}",
                   via or f"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{name}", *([f"Contact: {contact}"] if contact else []), *lines, "Content-Length: 0")


ODD_METHOD = "!interesting-Method0123456789_*+`.%indeed'~"
VALID, NOT_4XX = "valid", "valid: answered as any other of its method"

MESSAGES = [
    # ---- RFC 4475 §3.1.1: valid ----
    Row("4475 3.1.1.1 wsinv", "valid; its To has a tag of a dialog that is not there (RFC 3261 §12.2.2: 481)", 481, request(
        "INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0", "TO :", " sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n",
        'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>', "  ;", "  tag = 98asjd8", "MaX-fOrWaRdS: 0068",
        "Call-ID: wsinv.ndaksdj@192.0.2.1", "Content-Length   : [len]", "cseq: 0009", "  INVITE", "Via  : SIP  /   2.0", " /UDP",
        "    192.0.2.2;branch=390skdjuw", "s :", "NewFangledHeader:   newfangled value", " continued newfangled value",
        "UnknownHeaderWithUnusualValue: ;;,,;;,;", "Content-Type: application/sdp", "Route:",
        " <sip:services.example.com;lr;unknownwith=value;unknown-no-value>", "v:  SIP  / 2.0  / TCP     spindle.example.com   ;",
        "  branch  =   z9hG4bK9ikj8  ,", " SIP  /    2.0   / UDP  192.168.255.111   ; branch=", " z9hG4bK30239",
        'm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =', "      newvalue ;", "  secondparam ; q = 0.33", body=SDP)),
    Row("4475 3.1.1.2 intmeth", "valid, a method that nobody knows (RFC 3261 §8.2.1: 405; §21.5.2: 501)", 501, request(
        f"{ODD_METHOD} sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0",
        "Via: SIP/2.0/UDP host1.example.com;branch=z9hG4bK-.!%66*_+`'~",
        'To: "BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f" <sip:1_unusual.URI~(to-be!sure)&isn\'t+it$/crazy?,/;;*@example.com>',
        "From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%=\"\xd1\x80\xd0\xb0\xd0\xb1\xd0\xbe\xd1\x82\";tag=_token~1'+`*%!-.",
        "Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{", f"CSeq: 139122385 {ODD_METHOD}", "Max-Forwards: 255",
        "extensionHeader-!.%*+_`'~:\xef\xbb\xbf\xe5\xa4\xa7\xe5\x81\x9c\xe9\x9b\xbb", "Content-Length: 0")),
    Row("4475 3.1.1.3 esc01", NOT_4XX, 401, invite("esc01", start="INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0",
                                                 to="sip:%75se%72@example.com", contact="<sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>")),
    Row("4475 3.1.1.4 escnull", NOT_4XX, 401, register("escnull", to="sip:null-%00-null@example.com", sender="sip:null-%00-null@example.com;tag=839923423",
                                                     contact="<sip:%00@host5.example.com>\nContact: <sip:%00%00@host5.example.com>")),
    Row("4475 3.1.1.5 esc02", "valid: a method of its own, not REGISTER", 501, request(
        "RE%47IST%45R sip:registrar.example.com SIP/2.0", 'To: "%Z%45" <sip:resource@example.com>', 'From: "%Z%45" <sip:resource@example.com>;tag=f232jadfj23',
        "Call-ID: esc02.asdfnqwo34rq23i34jrjasdcnl23nrlknsdf", "Via: SIP/2.0/UDP host.example.com;branch=z9hG4bK209%fzsnel234",
        "CSeq: 29344 RE%47IST%45R", "Max-Forwards: 70", "Contact: <sip:alias1@host1.example.com>", "C%6Fntact: <sip:alias2@host2.example.com>",
        "Contact: <sip:alias3@host3.example.com>", "l: 0")),
    Row("4475 3.1.1.6 lwsdisp", NOT_4XX, 200, options("lwsdisp", sender="caller<sip:caller@example.com>;tag=323")),
    Row("4475 3.1.1.7 longreq", NOT_4XX, 401, request(
        "INVITE sip:user@example.com SIP/2.0", 'To: "I have a user name of ' + "extreme" * 9 + ' proportion"<sip:user@example.com:6000;unknownparam1='
        + "very" * 19 + "longvalue;longparam" + "name" * 25 + "=shortvalue;very" + "long" * 25 + "ParameterNameWithNoValue>",
        "F: sip:" + "amazingly" * 5 + "longcallername@example.net;tag=12" + "982" * 50 + "424;unknownheaderparam" + "name" * 20 + "="
        + "unknowheaderparam" + "value" * 15 + ";unknownValueless" + "paramname" * 10,
        "Call-ID: longreq.one" + "really" * 20 + "longcallid", "CSeq: 3882340 INVITE", "Unknown-" + "Long" * 20 + "-Name:", " unknown-" + "long" * 20 + "-value;",
        " unknown-" + "long" * 20 + "-parameter-name =", " unknown-" + "long" * 20 + "-parameter-value",
        "Via: SIP/2.0/UDP sip33.example.com;branch=z9hG4bKlong", "v: SIP/2.0/TCP sip32.example.com", "V: SIP/2.0/TCP sip31.example.com",
        *[f"Via: SIP/2.0/TCP sip{n}.example.com" for n in range(30, 1, -1)],
        "Via: SIP/2.0/TCP host.example.com;received=192.0.2.5;branch=very" + "long" * 50 + "branchvalue", "Max-Forwards: 70",
        "Contact: <sip:" + "amazingly" * 5 + "longcallername@host5.example.net>", "Content-Type: application/sdp", "l: [len]", body=SDP)),
    Row("4475 3.1.1.8 dblreq", "valid: what follows in the datagram is no request (RFC 3261 §18.3)", 401,
        register("dblreq", to="sip:j.user@example.com", contact="") + invite("dblreqinv", to="sip:joe@example.com")),
    Row("4475 3.1.1.9 semiuri", NOT_4XX, 200, options("semiuri", start="OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0")),
    Row("4475 3.1.1.10 transports", NOT_4XX, 200, options("kdjuw", "Via: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKklasjdhf", "Via: SIP/2.0/TLS t3.example.com;branch=z9hG4bK2980unddj",
                                                        "Via: SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKasd0f3en", "Via: SIP/2.0/TCP t5.example.com;branch=z9hG4bK0a9idfnee")),
    Row("4475 3.1.1.11 mpart01", "valid: MESSAGE, which is not served (RFC 3261 §8.2.1: 405)", 405, request(
        "MESSAGE sip:kumiko@example.org SIP/2.0", "Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK-d87543-4dade06d0bdb11ee-1--d87543-;rport", "Max-Forwards: 70",
        "Route: <sip:127.0.0.1:5080>", "Identity: r5mwreLuyDRYBi/0TiPwEsY3rEVsk/G2WxhgTV1PF7hHuLIK0YWVKZhKv9Mj8UeXqkMVbnVq37CD+813gvYjcBUaZngQmXc9WNZSDNGCzA+fWl9MEUHWIZo1CeJebdY/XlgKeTa0Olvq0rt70Q5jiSfbqMJmQFteeivUhkMWYUA=",
        "Contact: <sip:fluffy@127.0.0.1:5070>", "To: <sip:kumiko@example.org>", "From: <sip:fluffy@example.com>;tag=2fb0dcc9",
        "Call-ID: 3d9485ad0c49859b@Zmx1ZmZ5LW1hYy0xNi5sb2NhbA..", "CSeq: 1 MESSAGE", "Content-Transfer-Encoding: binary",
        "Content-Type: multipart/mixed;boundary=7a9cbec02ceef655", "Date: Sat, 15 Oct 2005 04:44:56 GMT", "User-Agent: SIPimp.org/0.2.5 (curses)",
        "Content-Length: [len]", body="--7a9cbec02ceef655\nContent-Type: text/plain\nContent-Transfer-Encoding: binary\n\nHello\n--7a9cbec02ceef655\n"
        "Content-Type: application/octet-stream\nContent-Transfer-Encoding: binary\n\n\x30\x82\x01\x52\x06\x09\x2a\x86\x48\xfe\xff\x00\n--7a9cbec02ceef655--\n")),
    Row("4475 3.1.1.12 unreason", "valid; an answer to nothing that was asked (its phrase: test_answers_of_a_phone)", DROPPED, request(
        "SIP/2.0 200 = 2**3 * 5**2 \xd0\xbd\xd0\xbe \xd1\x81\xd1\x82\xd0\xbe", "Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923", "Call-ID: unreason.1234ksdfak3j2erwedfsASdf",
        "CSeq: 35 INVITE", "From: sip:user@example.com;tag=11141343", "To: sip:user@example.edu;tag=2229", "Content-Length: [len]",
        "Content-Type: application/sdp", "Contact: <sip:user@host198.example.com>", body=SDP)),
    Row("4475 3.1.1.13 noreason", "valid; an answer to nothing that was asked (its phrase: test_answers_of_a_phone)", DROPPED, request(
        "SIP/2.0 100 ", "Via: SIP/2.0/UDP 192.0.2.105;branch=z9hG4bK2398ndaoe", "Call-ID: noreason.asndj203insdf99223ndf", "CSeq: 35 INVITE",
        "From: <sip:user@example.com>;tag=39ansfi3", "To: <sip:user@example.edu>;tag=902jndnke3", "Content-Length: 0", "Contact: <sip:user@host105.example.com>")),
    # ---- §3.1.2: invalid ----
    Row("4475 3.1.2.1 badinv01", "400", 400, invite("badinv01", via="Via: SIP/2.0/UDP 192.0.2.15;;,;,,", contact='"Joe" <sip:joe@example.org>;;;;')),
    Row("4475 3.1.2.2 clerr", "by UDP 400", 400, invite("clerr", length=9999)),
    Row("4475 3.1.2.3 ncl", "400", 400, invite("ncl", length=-999)),
    Row("4475 3.1.2.4 scalar02", "400, for its CSeq", 400, register("scalar02", "Expires: 1" + "0" * 99, cseq="36893488147419103232 REGISTER", forwards=300,
                                                                 contact="<sip:user@host129.example.com>;expires=280297596632815")),
    Row("4475 3.1.2.5 scalarlg", "discarded", DROPPED, request(
        "SIP/2.0 503 Service Unavailable", "Via: SIP/2.0/UDP host129.example.com;branch=z9hG4bKzzxdiwo34sw;received=192.0.2.129", "To: <sip:user@example.com>",
        "From: <sip:other@example.net>;tag=2easdjfejw", "CSeq: 9292394834772304023312 OPTIONS", "Call-ID: scalarlg.noase0of0234hn2qofoaf0232aewf2394r",
        "Retry-After: 949302838503028349304023988", 'Warning: 1812 overture "In Progress"', "Content-Length: 0")),
    Row("4475 3.1.2.6 quotbal", "400", 400, invite("quotbal", to='"Mr. J. User <sip:j.user@example.com>')),
    Row("4475 3.1.2.7 ltgtruri", "400", 400, invite("ltgtruri", start="INVITE <sip:user@example.com> SIP/2.0")),
    Row("4475 3.1.2.8 lwsruri", "400, or the blank ignored", 400, invite("lwsruri", start="INVITE sip:user@example.com; lr SIP/2.0")),
    Row("4475 3.1.2.9 lwsstart", "400, or the blanks ignored", 401, invite("lwsstart", start="INVITE  sip:user@example.com  SIP/2.0")),
    Row("4475 3.1.2.10 trws", "400, or the blanks ignored", 200, options("trws", start="OPTIONS sip:remote-target@example.com SIP/2.0  ")),
    Row("4475 3.1.2.11 escruri", "400, or the headers ignored", 401, invite("escruri", start="INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0")),
    Row("4475 3.1.2.12 baddate", "400, or the date ignored", 401, invite("baddate", "Date: Fri, 01 Jan 2010 16:00:00 EST")),
    Row("4475 3.1.2.13 regbadct", "400, or understood", 400, register("regbadct", contact="sip:user@example.com?Route=%3Csip:sip.example.com%3E")),
    Row("4475 3.1.2.14 badaspec", "400, or the blanks ignored", 200, options("badaspec", sender='"Bell, Alexander" <sip:a.g.bell@example.com>;tag=433423',
                                                                            to='"Watson, Thomas" < sip:t.watson@example.org >')),
    Row("4475 3.1.2.15 baddn", "400, or understood", 400, options("baddn", sender="Bell, Alexander <sip:a.g.bell@example.com>;tag=43",
                                                                 to="Watson, Thomas <sip:t.watson@example.org>")),
    Row("4475 3.1.2.16 badvers", "505", 505, options("badvers", start="OPTIONS sip:t.watson@example.org SIP/7.0", via="Via:     SIP/7.0/UDP c.example.com;branch=z9hG4bKkdjuw")),
    Row("4475 3.1.2.17 mismatch01", "400", 400, options("mismatch01", cseq="8 INVITE")),
    Row("4475 3.1.2.18 mismatch02", "501; 400 is acceptable", 400, options("mismatch02", start="NEWMETHOD sip:user@example.com SIP/2.0", cseq="8 INVITE")),
    Row("4475 3.1.2.19 bigcode", "discarded", DROPPED, request(
        "SIP/2.0 4294967301 better not break the receiver", "Via: SIP/2.0/UDP 192.0.2.105;branch=z9hG4bK2398ndaoe", "Call-ID: bigcode.asdof3uj203asdnf3429uasdhfas3ehjasdfas9i",
        "CSeq: 353494 INVITE", "From: <sip:user@example.com>;tag=39ansfi3", "To: <sip:user@example.edu>;tag=902jndnke3", "Content-Length: 0",
        "Contact: <sip:user@host105.example.com>")),
    # ---- §3.2, §3.3, §3.4 ----
    Row("4475 3.2.1 badbranch", "answered, told from others as before RFC 3261", 200, options("badbranch", via="Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK")),
    Row("4475 3.3.1 insuf", "400", 400, request("INVITE sip:user@example.com SIP/2.0", "CSeq: 193942 INVITE", "Via: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf",
                                               "Content-Type: application/sdp", "l: [len]", body=SDP)),
    Row("4475 3.3.2 unkscm", "416", 416, options("unkscm", start="OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0")),
    Row("4475 3.3.3 novelsc", "416", 416, options("novelsc", start="OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0")),
    Row("4475 3.3.4 unksm2", "400 of a registrar, for its To", 400, register("unksm2", to="isbn:2983792873", sender="<http://www.example.com>;tag=3234233", contact="<name:John_Smith>")),
    Row("4475 3.3.5 bext01", "420, with Unsupported", 420, options("bext01", "Proxy-Require: noProxiesSupportThis, norDoAnyProxiesSupportThis",
                                                                 "Require: nothingSupportsThis, nothingSupportsThisEither")),
    Row("4475 3.3.6 invut", "415, with Accept", 401, invite("invut", kind="application/unknownformat", body='<audio>\n <pcmu port="443"/>\n</audio>\n'), then=415),
    Row("4475 3.3.7 regaut01", "401", 401, register("regaut01", "Authorization: NoOneKnowsThisScheme opaque-data=here")),
    Row("4475 3.3.8 multi01", "400", 400, invite("multi01", "CSeq: 59 INVITE", "Call-ID: multi01.98asdh@192.0.2.2", "To: sip:user@example.com", "From: sip:other@example.net;tag=3413415", "Max-Forwards: 5",
                                                "From: sip:other@example.net;tag=2923420123", "Contact: <sip:caller@host36.example.net>")),
    Row("4475 3.3.9 mcl01", "400", 400, options("mcl01", "Content-Length: 13", length="Content-Length: 5", body="There's no way to know how many octets are supposed to be here.\n")),
    Row("4475 3.3.10 bcast", "discarded, not sent on to the broadcast address", DROPPED, request(
        "SIP/2.0 200 OK", "Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923", "Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23", "Call-ID: bcast.0384840201234ksdfak3j2erwedfsASdf",
        "CSeq: 35 INVITE", "From: sip:user@example.com;tag=11141343", "To: sip:user@example.edu;tag=2229", "Content-Length: [len]", "Content-Type: application/sdp",
        "Contact: <sip:user@host28.example.com>", body=SDP)),
    Row("4475 3.3.11 zeromf", "483 of a proxy; who is asked may answer", 200, options("zeromf", forwards=0)),
    Row("4475 3.3.12 cparam01", NOT_4XX, 401, register("cparam01", to="sip:watson@example.com", contact="sip:+19725552222@gw1.example.net;unknownparam")),
    Row("4475 3.3.13 cparam02", NOT_4XX, 401, register("cparam02", to="sip:watson@example.com", contact="<sip:+19725552222@gw1.example.net;unknownparam>")),
    Row("4475 3.3.14 regescrt", NOT_4XX, 401, register("regescrt", contact="<sip:user@example.com?Route=%3Csip:sip.example.com%3E>")),
    Row("4475 3.3.15 sdp01", "406; 400 is appropriate", 401, invite("sdp01", "Accept: text/nobodyKnowsThis"), then=406),
    Row("4475 3.4.1 inv2543", "valid: as of RFC 2543", 401, request(
        "INVITE sip:UserB@example.com SIP/2.0", "Via: SIP/2.0/UDP iftgw.example.com", "From: <sip:+13035551111@ift.client.example.net;user=phone>",
        "Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>", "To: sip:+16505552222@ss1.example.net;user=phone", "Call-ID: inv2543.1717@ift.client.example.com",
        "CSeq: 56 INVITE", "Content-Type: application/sdp", "", "") + SDP),
    # ---- RFC 5118 ----
    Row("5118 4.1 reference", NOT_4XX, 401, register("ipv6-good", start="REGISTER sip:[2001:db8::10] SIP/2.0", via="Via: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111",
                                                   contact='"Caller" <sip:caller@[2001:db8::1]>')),
    Row("5118 4.2 reference without brackets", "400", 400, register("ipv6-bad", start="REGISTER sip:2001:db8::10 SIP/2.0", via="Via: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111",
                                                                   contact='"Caller" <sip:caller@[2001:db8::1]>')),
    Row("5118 4.3 port ambiguous", "valid: it is part of the address", 401, register("port-ambiguous", start="REGISTER sip:[2001:db8::10:5070] SIP/2.0",
                                                                                       via="Via: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111", contact='"Caller" <sip:caller@[2001:db8::1]>')),
    Row("5118 4.4 port unambiguous", NOT_4XX, 401, register("port-unambiguous", start="REGISTER sip:[2001:db8::10]:5070 SIP/2.0",
                                                          via="Via: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111", contact='"Caller" <sip:caller@[2001:db8::1]>')),
    Row("5118 4.5 received with brackets", NOT_4XX, 401, register("via-brackets", start="REGISTER sip:[2001:db8::10] SIP/2.0",
                                                                via="Via: SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3")),
    Row("5118 4.5 received without brackets", NOT_4XX, 401, register("via-none", start="REGISTER sip:[2001:db8::10] SIP/2.0",
                                                                   via="Via: SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3")),
    Row("5118 4.6 addresses in the SDP", NOT_4XX, 401, invite("ipv6-sdp", start="INVITE sip:user@[2001:db8::10] SIP/2.0", to="sip:user@[2001:db8::10]",
                                                           via="Via: SIP/2.0/UDP [2001:db8::20];branch=z9hG4bKas3-111", contact='"Caller" <sip:caller@[2001:db8::20]>',
                                                           body=AUDIO.format(from_="IP6 2001:db8::20", at="IP6 2001:db8::20"))),
    Row("5118 4.7 both families in headers", "valid; BYE of a dialog that is not there: 481", 481, request(
        "BYE sip:user@host.example.net SIP/2.0", "Via: SIP/2.0/UDP [2001:db8::9:1]:6050;branch=z9hG4bKas3-111", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144",
        "Via: SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200", "Call-ID: 997077@lau_4100", "Max-Forwards: 70", "CSeq: 89187 BYE",
        "To: sip:user@example.net;tag=9817--94", "From: sip:user@example.com;tag=81x2", "Content-Length: 0")),
    Row("5118 4.8 both families in the SDP", NOT_4XX, 401, invite("mult-ip-in-sdp", body="v=0\no=bob 280744730 28977631 IN IP4 host.example.com\ns=-\nt=0 0\n"
                                                               "m=audio 22334 RTP/AVP 0\nc=IN IP4 192.0.2.1\nm=video 6024 RTP/AVP 107\nc=IN IP6 2001:db8::1\n"
                                                               "a=rtpmap:107 H263-1998/90000\n")),
    Row("5118 4.9 IPv4 mapped into IPv6", NOT_4XX, 401, invite("ipv4-mapped", via="Via: SIP/2.0/UDP [::ffff:192.0.2.10]:19823;branch=z9hG4bKbh19",
                                                            contact='"T. desk phone" <sip:ted@[::ffff:192.0.2.2]>', body=AUDIO.format(from_="IP6 ::ffff:192.0.2.2", at="IP6 ::ffff:192.0.2.2"))),
    Row("5118 4.10 three colons", "accepted, never written", 200, options("three-colons", start="OPTIONS sip:user@[2001:db8:::192.0.2.1] SIP/2.0", to="sip:user@[2001:db8:::192.0.2.1]",
                                                                        via="Via: SIP/2.0/UDP [2001:db8:::192.0.2.1];branch=z9hG4bKas3-111")),
    Row("5118 4.10 two colons", NOT_4XX, 200, options("two-colons", start="OPTIONS sip:user@[2001:db8::192.0.2.1] SIP/2.0", to="sip:user@[2001:db8::192.0.2.1]",
                                                     via="Via: SIP/2.0/UDP [2001:db8::192.0.2.1];branch=z9hG4bKas3-111")),
]


def wire(text, to=""):
    """Its bytes. to: what {to} stands for."""
    text = text.replace("{to}", to).replace("\n", "\r\n")
    return text.replace("[len]", str(len(text.partition("\r\n\r\n")[2]))).encode("latin-1")
