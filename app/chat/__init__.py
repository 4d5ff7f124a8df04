"""What Coprime is about: messages, conversations, models, accounts, money.

Values, and the one live document. No I/O and no widgets; everything else may
import this room and this room imports nothing of ours.
"""
