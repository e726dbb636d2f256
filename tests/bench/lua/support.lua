-- flows/support.flow, told in Lua. Its JSON is read by lua-cjson, which is C.
local yield = coroutine.yield
local ring_team, front_desk = ring_team, front_desk
local decode = require("cjson").decode

local function ask_pin()
    for _ = 1, 3 do
        local outcome, pin = yield("gather", 4, 8000, "Please enter your four digit PIN.", true)
        if outcome == "matched" then
            local answer, doc = yield("fetch", "https://crm.example/login", "POST", { pin = pin }, 2000)
            if answer == "ok" then
                return "accepted", decode(doc)
            end
            yield("say", "That PIN is not right.")
        else
            yield("say", "Please try again.")
        end
    end
    return "refused"
end

local function ring_front_desk()
    if ring_team(front_desk) == "missed" then
        yield("voicemail", "support")
    end
end

local function text_of(value, default)
    if type(value) == "string" then
        return value
    end
    return default
end

local function field(doc, key)
    if type(doc) == "table" then
        return doc[key]
    end
end

local function reach_engineer(customer)
    local name = text_of(field(customer, "name"), "customer")
    local phone = text_of(field(field(customer, "engineer"), "phone"), "")
    yield("say", "Hello " .. name .. ". I will connect you with your engineer.")
    local outcome = yield("bridge", phone, 25000, true, 3600000)
    if outcome ~= "ended" then
        yield("say", "Your engineer cannot come to the phone.")
        ring_front_desk()
    end
end

function support()
    local outcome, customer = ask_pin()
    if outcome == "accepted" then
        reach_engineer(customer)
    else
        yield("say", "Sorry, we could not find you.")
        ring_front_desk()
    end
    return yield("hangup")
end
