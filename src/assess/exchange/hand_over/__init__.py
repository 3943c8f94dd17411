"""Passing the records of a unit to another office: one sealed file, taken in there on record.

Offers writing the file (:mod:`~assess.exchange.hand_over.give`) and taking it in
(:mod:`~assess.exchange.hand_over.take_over`). Equal ids of different units never become one.
Must not know: forms, and what becomes of the records there.
"""
