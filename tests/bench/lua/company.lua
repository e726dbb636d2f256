-- flows/company.flow, told in Lua.
local yield = coroutine.yield

office = {
    zone = "Europe/Warsaw",
    { days = "mon-fri", from = 540, to = 1020 },
    { days = "sat", from = 600, to = 840 },
    { date = "2026-12-25" },
    { date = "2026-12-26" },
}

front_desk = { "ann", "bob" }

function ring_team(team)
    local outcome = yield("bridge", team, 20000, "hold.wav", "Call from " .. call.from_name .. ".")
    if outcome == "ended" then
        return "served"
    end
    return "missed"
end
