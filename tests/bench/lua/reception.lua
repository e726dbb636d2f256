-- flows/reception.flow, told in Lua: the flow is a coroutine, an action is a yield of its name and arguments, by place,
-- and gives its outcome's name and payload. That is the cheapest form that Lua has for it.
local yield = coroutine.yield
local choices = { "1", "2", "3" }

function reception()
    if not open(office, now()) then
        yield("say", "We are closed. Please leave a message after the tone.")
        local outcome = yield("voicemail", "reception")
        if outcome == "full" or outcome == "failed" then
            yield("say", "Please call again tomorrow.")
        end
        return yield("hangup")
    end
    local tries = 3
    while true do
        local outcome, choice = yield("menu",
            "Thank you for calling Acme. For sales, press 1. For support, press 2. To hear our address, press 3.", choices)
        if outcome == "chosen" then
            if choice == "1" then
                if ring_team(front_desk) == "served" then
                    return yield("hangup")
                end
                yield("voicemail", "sales")
                break
            elseif choice == "2" then
                return "continue", "support"
            end
            yield("say", "We are at one Main Street.")
            tries = 3
        else
            tries = tries - 1
            if outcome == "gave_up" or tries < 1 then
                yield("say", "Please hold.")
                yield("voicemail", "reception")
                break
            elseif outcome == "invalid" then
                yield("say", "That is not one of the choices.")
            else
                yield("say", "I did not hear you.")
            end
        end
    end
    yield("say", "Goodbye.")
    return yield("hangup")
end
