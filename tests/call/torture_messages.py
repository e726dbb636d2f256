"""Torture messages after RFC 4475 and RFC 5118: each with the section that describes it, and what a server may do.

VALID: it must be understood: any answer but 400, as its method gets from this server without credentials.
BROKEN: it must not be understood: an answer of 4xx or 5xx, or none at all.
ODD: the RFC leaves a choice: any answer, or none.
Lines end with CRLF on the wire; {to} is the server's address. What no text file can hold is written with escapes.
"""
VALID, BROKEN, ODD = "valid", "broken", "odd"

SDP = "v=0\no=m 3 3 IN IP4 192.0.2.3\ns=-\nc=IN IP4 192.0.2.4\nt=0 0\nm=audio 49217 RTP/AVP 0 12\na=rtpmap:31 LPC\n"


def request(method="OPTIONS", uri="sip:user@{to}", name="x", extra="", body="", length=None, via=None, cseq=None, version="SIP/2.0",
            to="<sip:user@{to}>", sender="<sip:caller@example.com>;tag=t", forwards="Max-Forwards: 70\n", contact="<sip:caller@192.0.2.1>"):
    return (f"{method} {uri} {version}\nVia: {via or f'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{name}'}\n{forwards}From: {sender}\nTo: {to}\n"
            f"Call-ID: {name}.torture@192.0.2.1\nCSeq: {cseq or f'9 {method}'}\n{f'Contact: {contact}' + chr(10) if contact else ''}{extra}"
            f"Content-Length: {len(body.replace(chr(10), chr(13) + chr(10))) if length is None else length}\n\n{body}")


MESSAGES = [
    ("4475 3.1.1.1 short tortuous INVITE", VALID,
     "INVITE sip:vivekg@{to};unknownparam SIP/2.0\nTO :\n sip:vivekg@{to} ;   tag    = 1918181833n\n"
     'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>\n  ;\n  tag = 98asjd8\nMaX-fOrWaRdS: 0068\n'
     "Call-ID: wsinv.ndaksdj@192.0.2.1\nContent-Length   : 0\ncseq: 0009\n  INVITE\n"
     "Via  : SIP  /   2.0\n /UDP\n    192.0.2.2;branch=390skdjuw\ns :\nNewFangledHeader:   newfangled value\n continued newfangled value\n"
     "UnknownHeaderWithUnusualValue: ;;,,;;,;\nContent-Type: application/sdp\nRoute:\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\n"
     "v:  SIP  / 2.0  / TCP     spindle.example.com   ;\n  branch  =   z9hG4bK9ikj8  ,\n SIP  /    2.0   / UDP  192.168.255.111   ; branch=\n z9hG4bK30239\n"
     'm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =\n      newvalue ;\n  secondparam ; q = 0.33\n\n'),
    ("4475 3.1.1.2 wide range of valid characters", ODD,  # the stack's parser takes no such method: it says nothing
     request("!interesting-Method0123456789_*+`.%indeed'~", "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@{to}",
             "intmeth", cseq="139122385 !interesting-Method0123456789_*+`.%indeed'~")),
    ("4475 3.1.1.3 % as an escape", VALID, request(uri="sip:sips%3Auser%40example.com@{to}", name="esc01", to="sip:%75se%72@{to}")),
    ("4475 3.1.1.4 escaped nulls in URIs", VALID, request("REGISTER", "sip:{to}", "escnull", sender="sip:null-%00-null@example.com;tag=839923423",
                                                       to="sip:null-%00-null@example.com", contact="<sip:%00@192.0.2.1>,<sip:%00%00@192.0.2.1>")),
    ("4475 3.1.1.5 % that is no escape", VALID, request("RE%47IST%45R", "sip:{to}", "esc02", cseq="29344 RE%47IST%45R")),
    ("4475 3.1.1.6 no blank between name and <", VALID, request(name="lwsdisp", sender="caller<sip:caller@example.com>;tag=323")),
    ("4475 3.1.1.7 long values", VALID, request(uri="sip:user@{to}", name="longreq", extra="Unknown-" + "long" * 20 + "-Name: " + "a" * 2000 + "\n",
                                               sender='"' + "I have a user name of extreme " * 20 + '" <sip:caller@example.com>;tag=' + "4" * 200)),
    ("4475 3.1.1.8 extra trailing octets", VALID, request("REGISTER", "sip:{to}", "dblreq", to="<sip:j@example.com>") +
     request("INVITE", "sip:joe@{to}", "dblreq2")),
    ("4475 3.1.1.9 semicolon in the user part", VALID, request(uri="sip:user;par=u%40example.net@{to}", name="semiuri")),
    ("4475 3.1.1.10 varied and unknown transports", VALID,
     request(name="transports").replace("\nMax", "\nVia: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKb\nVia: SIP/2.0/UNKNOWN t5.example.com;branch=z9hG4bKc\nMax", 1)),
    ("4475 3.1.1.11 multipart MIME", VALID, request("MESSAGE", name="mpart01", extra="Content-Type: multipart/mixed;boundary=7a9cbec02ceef655\n",
                                                   body="--7a9cbec02ceef655\nContent-Type: text/plain\n\nHello\n--7a9cbec02ceef655--\n")),
    ("4475 3.1.2.1 extraneous header separators", BROKEN, request("INVITE", name="badinv01", via="SIP/2.0/UDP 192.0.2.15;;,;,,")),
    ("4475 3.1.2.2 Content-Length too large", BROKEN, request("INVITE", name="clerr", body=SDP, length=9999)),
    ("4475 3.1.2.3 negative Content-Length", BROKEN, request("INVITE", name="ncl", body=SDP, length=-999)),
    ("4475 3.1.2.4 scalar fields with overlarge values", BROKEN,
     request("REGISTER", "sip:{to}", "scalar02", cseq="36893488147419103232 REGISTER", forwards="Max-Forwards: 300\n", extra="Expires: 1" + "0" * 99 + "\n")),
    ("4475 3.1.2.6 unterminated quoted string", BROKEN, request("INVITE", name="quotbal", to='"Mr. J. User <sip:j.user@example.com>')),
    ("4475 3.1.2.7 <> around the request URI", BROKEN, request("INVITE", "<sip:user@{to}>", "ltgtruri")),
    ("4475 3.1.2.8 blanks within the request URI", BROKEN, request("INVITE", "sip:user@{to}; lr", "lwsruri")),
    ("4475 3.1.2.9 many blanks in the start line", BROKEN, request("INVITE  ", "sip:user@{to}", "lwsstart", cseq="893 INVITE")),
    ("4475 3.1.2.10 trailing blanks in the start line", ODD, request(name="trws", version="SIP/2.0  ")),
    ("4475 3.1.2.11 escaped headers in the request URI", ODD, request("INVITE", "sip:user@{to}?Route=%3Csip:example.com%3E", "escruri")),
    ("4475 3.1.2.12 invalid time zone in Date", ODD, request("INVITE", name="baddate", extra="Date: Fri, 01 Jan 2010 16:00:00 EST\n")),
    ("4475 3.1.2.13 name-addr without <> and with ?", ODD, request("REGISTER", "sip:{to}", "regbadct", contact="sip:user@example.com?Route=%3Csip:sip.example.com%3E")),
    ("4475 3.1.2.14 blanks within addr-spec", ODD, request(name="badaspec", to='"Watson, Thomas" < sip:t.watson@example.org >')),
    ("4475 3.1.2.15 display name that is no token", ODD, request(name="baddn", sender="Bell, Alexander <sip:a.g.bell@example.com>;tag=43")),
    ("4475 3.1.2.16 unknown protocol version", BROKEN, request(name="badvers", via="SIP/7.0/UDP 192.0.2.1;branch=z9hG4bKb", version="SIP/7.0")),
    ("4475 3.1.2.17 method and CSeq differ", BROKEN, request("OPTIONS", name="mismatch01", cseq="8 INVITE")),
    ("4475 3.1.2.18 unknown method and CSeq differ", BROKEN, request("NEWMETHOD", name="mismatch02", cseq="8 INVITE")),
    ("4475 3.1.2.19 a response code that is none", BROKEN,
     "SIP/2.0 4294967301 better not break the receiver\nVia: SIP/2.0/UDP 192.0.2.105;branch=z9hG4bK2398ndaoe\nCall-ID: bigcode\n"
     "CSeq: 353494 INVITE\nFrom: <sip:user@example.com>;tag=39\nTo: <sip:user@example.com>;tag=902\nContent-Length: 0\n\n"),
    ("4475 3.2.1 branch without the rest", ODD, request(name="badbranch", via="SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK")),
    ("4475 3.3.1 required headers missing", BROKEN, "INVITE sip:user@{to} SIP/2.0\nCSeq: 193942 INVITE\nVia: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf\n"
     "Content-Type: application/sdp\nContent-Length: 0\n\n"),
    ("4475 3.3.2 request URI of an unknown scheme", ODD, request(uri="nobodyKnowsThisScheme:totallyopaquecontent", name="unkscm")),
    ("4475 3.3.3 request URI of a known scheme that is odd here", ODD, request(uri="soap.beep://192.0.2.103:3002", name="novelsc")),
    ("4475 3.3.4 unknown schemes in From and To", ODD, request("REGISTER", "sip:{to}", "unksm2", to="isbn:2983792873", contact="<name:John_Smith>")),
    ("4475 3.3.5 Proxy-Require and Require", BROKEN, request(name="bext01", extra="Require: nothingSupportsThis, nothingSupportsThisEither\n")),
    ("4475 3.3.6 unknown Content-Type", ODD, request("INVITE", name="invut", extra="Content-Type: application/unknownformat\n", body="<audio>\n")),
    ("4475 3.3.7 unknown authorization scheme", VALID, request("REGISTER", "sip:{to}", "regaut01", extra='Authorization: NoOneKnowsThisScheme opaque-data=here\n')),
    ("4475 3.3.8 several values where one is right", BROKEN, request("INVITE", name="multi01", extra="Call-ID: second\nFrom: <sip:other@example.com>;tag=2\nMax-Forwards: 5\n")),
    ("4475 3.3.9 several Content-Lengths", BROKEN, request(name="mcl01", extra="Content-Length: 13\n", body="There's no way to know.\n", length=5)),
    ("4475 3.3.10 a 200 with a broadcast Via", BROKEN,
     "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23\nCall-ID: bcast\nCSeq: 1 INVITE\nFrom: <sip:a@b>;tag=1\n"
     "To: <sip:c@d>;tag=2\nContent-Length: 0\n\n"),
    ("4475 3.3.11 Max-Forwards of zero", ODD, request(name="zeromf", forwards="Max-Forwards: 0\n")),
    ("4475 3.3.12 a parameter of the contact's own", VALID, request("REGISTER", "sip:{to}", "cparam01", contact="sip:+19725552222@gw1.example.net;unknownparam")),
    ("4475 3.3.13 the same within <>", VALID, request("REGISTER", "sip:{to}", "cparam02", contact="<sip:+19725552222@gw1.example.net;unknownparam>")),
    ("4475 3.3.14 escaped route in a contact", VALID, request("REGISTER", "sip:{to}", "regescrt", contact="<sip:user@example.com?Route=%3Csip:sip.example.com%3E>")),
    ("4475 3.3.15 no body type that we take", ODD, request("INVITE", name="sdp01", extra="Accept: text/nobodyKnowsThis\nContent-Type: application/sdp\n", body=SDP)),
    ("4475 3.4.1 INVITE as of RFC 2543", VALID,
     "INVITE sip:user@{to} SIP/2.0\nVia: SIP/2.0/UDP iftgw.example.com\nFrom: <sip:+13035551111@ift.client.example.net;user=phone>\n"
     "Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>\nTo: sip:+16505552222@ss1.example.net;user=phone\nCall-ID: inv2543@ift\n"
     "CSeq: 56 INVITE\nContent-Type: application/sdp\nContent-Length: 0\n\n"),
    ("5118 4.1 IPv6 reference", VALID, request("REGISTER", "sip:[2001:db8::10]", "5118a", via="SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3")),
    ("5118 4.2 IPv6 without its brackets", BROKEN, request("REGISTER", "sip:2001:db8::10", "5118b", via="SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas4")),
    ("5118 4.3 port ambiguous, within the brackets", VALID, request("REGISTER", "sip:[2001:db8::10:5070]", "5118c", via="SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas5")),
    ("5118 4.4 port outside of the brackets", VALID, request("REGISTER", "sip:[2001:db8::10]:5070", "5118d", via="SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas6")),
    ("5118 4.5 received with and without brackets", VALID, request(name="5118e", via="SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas7")),
    ("5118 4.7 several addresses in the SDP", VALID, request("INVITE", name="5118g", extra="Content-Type: application/sdp\n",
                                                            body=SDP.replace("IP4 192.0.2.4", "IP6 2001:db8::1"))),
    ("5118 4.8 mixed families in one message", VALID, request(name="5118h", via="SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKh", to="<sip:user@[2001:db8::10]>")),
    ("5118 4.9 IPv4 mapped into IPv6", VALID, request("INVITE", "sip:user@{to}", "5118i", via="SIP/2.0/UDP [::ffff:192.0.2.2]:5060;branch=z9hG4bKi",
                                                     contact="<sip:user@[::ffff:192.0.2.10]>")),
    ("5118 4.10 three colons", ODD, request(uri="sip:user@[2001:db8:::192.0.2.1]", name="5118j", to="sip:user@[2001:db8:::192.0.2.1]",
                                              via="SIP/2.0/UDP [2001:db8:::192.0.2.1];branch=z9hG4bKj")),
]


def wire(text, to):
    return text.replace("{to}", to).replace("\n", "\r\n").encode("latin-1")
