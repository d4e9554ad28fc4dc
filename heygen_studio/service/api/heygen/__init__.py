"""The surface of HeyGen's API, so that its clients work here with another base URL and key."""
