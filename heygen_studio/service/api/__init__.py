"""The HTTP API: the studio's own resources under ``/api``, and a surface that clients of HeyGen's API can use at the root."""
