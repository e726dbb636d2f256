-- flows/hunt.flow, told in Lua, with number() as stdlib/say/en.flow has it.
local yield = coroutine.yield
local on_call = { "ann", "bob", "+447700900123" }
local ones = { [0] = "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen" }
local tens = { [0] = "", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety" }
local grouped

local function below_hundred(value)
    if value < 20 then
        return ones[value]
    end
    local ten = tens[value // 10]
    if value % 10 == 0 then
        return ten
    end
    return ten .. " " .. ones[value % 10]
end

local function rest(value)
    if value == 0 then
        return ""
    elseif value < 100 then
        return " and " .. below_hundred(value)
    end
    return " " .. grouped(value)
end

local function below_thousand(value)
    if value < 100 then
        return below_hundred(value)
    end
    return ones[value // 100] .. " hundred" .. rest(value % 100)
end

function grouped(value)
    if value >= 1000000000 then
        return grouped(value // 1000000000) .. " billion" .. rest(value % 1000000000)
    elseif value >= 1000000 then
        return below_thousand(value // 1000000) .. " million" .. rest(value % 1000000)
    elseif value >= 1000 then
        return below_thousand(value // 1000) .. " thousand" .. rest(value % 1000)
    end
    return below_thousand(value)
end

local function number(value)
    if value < 0 then
        return "minus " .. grouped(-value)
    end
    return grouped(value)
end

function hunt()
    local turn = 0
    for i = 1, #on_call do
        turn = turn + 1
        yield("say", "Trying person " .. number(turn) .. ".")
        local outcome = yield("bridge", on_call[i], 15000, "Night duty. Press 1 to take the call.")
        if outcome == "ended" then
            return yield("hangup")
        end
    end
    yield("say", "Nobody could take your call.")
    local outcome = yield("voicemail", "night_duty")
    if outcome == "full" or outcome == "failed" then
        yield("notify", "https://alert.example/missed", "night duty mailbox is full")
    end
end
