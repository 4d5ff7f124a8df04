"""Limits: every bound the network door keeps, in one place.

Law: nothing that comes from outside is waited for or held without a bound.
"""

CONNECT_S = 10.0
WRITE_S = 120.0
"""A long conversation on a slow line takes its time to leave."""
POOL_S = 10.0
HEADERS_S = 900.0
"""From the sending of a request to the last of its answer's headers, connecting included."""
SILENCE_S = 900.0
"""No byte for this long ends a reply: long reasoning is normal."""
UNEVENTFUL_S = 1800.0
"""Bytes and no whole event for this long end it too: a drip, or comments alone."""
CATALOGUE_S = 30.0
"""A catalogue call as a whole."""
FINISH_TAIL_S = 5.0
"""After a finish reason the rest of the body (usage, mostly) is awaited this long."""
DONE_TAIL_S = 1.0
"""After `[DONE]` nothing of worth can come; a prompt end lets the connection live on."""
RECHECK_S = 15.0
"""How often a watchdog looks: also the longest a timer outlives its stream."""
CONNECTIONS = 256
IDLE_CONNECTIONS = 8
IDLE_S = 5.0
"""An unused connection is closed after this: before servers drop it unseen."""

EVENT_BYTES = 16 * 2**20
"""One line or event."""
REPLY_BYTES = 64 * 2**20
REFUSAL_BYTES = 64 * 2**10
"""The body of an error answer; what is beyond is not read."""
CATALOGUE_BYTES = 16 * 2**20

MODELS = 5_000
NAME_CHARACTERS = 256
"""Of a model id, a model's name, a request id."""
CODE_CHARACTERS = 64
"""Of a code or a parameter's name in an error body."""
GARBLED_EVENTS = 3
"""Unreadable events in a row, with no good one between, that end a reply."""

PROXY_LOOK_S = 1.0
"""Asking the desktop for its proxy."""
TUNNEL_S = 30.0
"""A proxy has this long to let a connection through."""
ALIVE = (30, 10, 6)
"""Keep-alive: seconds of silence before the first probe, between two, and how many
unanswered ones end the connection."""
ALIVE_AFTER_SLEEP = (1, 1, 3)
TICK_S = 1.5
"""How often it is looked whether the computer slept; with the probes within 5 s."""
SLEPT_S = 5.0
"""A tick that comes this late was slept through."""
PROBING_S = 10.0
"""So long after a sleep connections are probed closely."""
