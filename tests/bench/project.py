"""Writes projects of many lines, in the flow language and the like of them in Lua: what a company with hundreds of
teams would have, file by file, each function with texts of its own."""

PER_FILE = 1000

FLOW = '''\
# Team {n}: rings its people, asks callers who wait what they would like, takes messages.
const people_{n} = ["ann{n}", "bob{n}", "carol{n}"]

fn ring_{n}(who: text, patience: duration) -> served | missed {{
    say "Thank you, {{who}}. We are ringing team {n}."
    bridge people_{n}, ring: patience, announce: "A call for team {n} from {{call.from_name}}." {{
        on ended {{ return served }}
        on busy, no_answer {{ say "Everyone of team {n} is busy."; return missed }}
        else {{ return missed }}
    }}
}}

fn price_{n}(items: int, express: bool) -> int {{
    var price = items * {n} + 15
    if items > 10 {{
        price = price - price / 10
    }}
    if express and items < 100 {{
        price = price + 25
    }}
    return price
}}

fn desk_{n}(who: text) {{
    let total = price_{n}(3, yes)
    menu "Team {n}. To talk to us, press 1. For the price, press 2.", tries: 2, timeout: 4s {{
        "1" {{
            ring_{n}(who, 20s) {{
                on served {{ hangup }}
                on missed {{ voicemail "team{n}" }}
            }}
        }}
        "2" {{ say "That is {{total}} for you, {{who}}."; again }}
        on invalid {{ say "Team {n} has no such choice." }}
        on gave_up {{ voicemail "team{n}" }}
    }}
}}

'''

LUA = '''\
-- Team {n}: rings its people, asks callers who wait what they would like, takes messages.
people_{n} = {{ "ann{n}", "bob{n}", "carol{n}" }}

function ring_{n}(who, patience)
    yield("say", "Thank you, " .. who .. ". We are ringing team {n}.")
    local outcome = yield("bridge", people_{n}, patience, "A call for team {n} from " .. call.from_name .. ".")
    if outcome == "ended" then
        return "served"
    elseif outcome == "busy" or outcome == "no_answer" then yield("say", "Everyone of team {n} is busy.")
    end
    return "missed"
end

function price_{n}(items, express)
    local price = items * {n} + 15
    if items > 10 then price = price - price // 10 end
    if express and items < 100 then
        price = price + 25
    end
    return price
end

function desk_{n}(who)
    local total = price_{n}(3, true)
    for try = 1, 2 do
        local outcome, choice = yield("menu", "Team {n}. To talk to us, press 1. For the price, press 2.", 4000)
        if choice == "1" then
            if ring_{n}(who, 20000) == "served" then
                return yield("hangup")
            else return yield("voicemail", "team{n}") end
        elseif choice == "2" then
            yield("say", "That is " .. total .. " for you, " .. who .. ".")
        elseif outcome == "invalid" then yield("say", "Team {n} has no such choice.")
        end
    end
    yield("voicemail", "team{n}")
end

'''

TEAM_LINES = FLOW.count("\n")


def write_project(folder, lines):
    """Writes folder/main.flow with its parts, and main.lua; gives the flow lines. Every function is reached."""
    folder.mkdir()
    per_file = PER_FILE // (TEAM_LINES + 1)
    files = lines // (per_file * (TEAM_LINES + 1))
    total, parts = 0, []
    for file in range(files):
        teams = range(file * per_file, (file + 1) * per_file)
        flow = "".join(FLOW.format(n=n) for n in teams)
        flow += f"fn floor_{file}(who: text) {{\n" + "".join(f"    desk_{n}(who)\n" for n in teams) + "}\n"
        lua = "".join(LUA.format(n=n) for n in teams)
        lua += f"function floor_{file}(who)\n" + "".join(f"    desk_{n}(who)\n" for n in teams) + "end\n"
        (folder / f"part{file}.flow").write_text(flow)
        parts.append(lua)
        total += flow.count("\n")
    main = "".join(f'use "part{f}.flow"\n' for f in range(files))
    main += "flow main {\n" + "".join(f'    floor_{f}("caller")\n' for f in range(files)) + "}\n"
    (folder / "main.flow").write_text(main)
    (folder / "main.lua").write_text("".join(parts)) # one file: luac 5.4.4 dies of many
    return total + main.count("\n")


def write_file(flow, lua, lines):
    """One file of that many lines, complete with its flow, and its like in Lua."""
    teams = range((lines - 2) // (TEAM_LINES + 1))
    text = "".join(FLOW.format(n=n) for n in teams)
    text += "flow main {\n" + "".join(f'    desk_{n}("caller")\n' for n in teams) + "}\n"
    flow.write_text(text + "# nothing follows\n" * (lines - text.count("\n")))
    text = "".join(LUA.format(n=n) for n in teams)
    text += "function main()\n" + "".join(f'    desk_{n}("caller")\n' for n in teams) + "end\n"
    lua.write_text(text + "-- nothing follows\n" * (lines - text.count("\n")))
