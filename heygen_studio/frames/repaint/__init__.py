"""Painting a new mouth into frames that exist: what Wav2Lip and MuseTalk have in common.

source frames -> look (find the face, judge it) -> paint (network, in batches) -> paste (soft mask, matched colour)
"""
