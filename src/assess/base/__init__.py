"""Helpers shared by all rooms: errors, text, numbers, periods, digests, YAML with positions.

Offers input errors with their Vietnamese messages by code, text and numbers as Vietnamese
readers write them, periods, digests, strict YAML models, locks and child processes.
Must not know: any rule, record, report or file format; it imports no other room.
"""
