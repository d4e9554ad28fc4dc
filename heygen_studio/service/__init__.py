"""Rendering at scale: the library of results, jobs that survive a crash, and batches."""
