"""Every change in a hall: one function each, keyword-only, with `by` and `at`.

`by` is None only where no person of the office acts: at a kiosk, in the portal, on the command line.
"""

from hall.services.booking import book, end_appointment, slots_on
from hall.services.calling import bring_back, call_again, call_next, finish, note_received, serve, skip
from hall.services.opening import (
    change_hall,
    device_with,
    let_device_in,
    open_hall,
    set_counter,
    set_errand,
    sit_down,
    stand_up,
    turn_device_away,
)
from hall.services.ticketing import check_in, draw_number

__all__ = [
    "book",
    "bring_back",
    "call_again",
    "call_next",
    "change_hall",
    "check_in",
    "device_with",
    "draw_number",
    "end_appointment",
    "finish",
    "let_device_in",
    "note_received",
    "open_hall",
    "serve",
    "set_counter",
    "set_errand",
    "sit_down",
    "skip",
    "slots_on",
    "stand_up",
    "turn_device_away",
]
