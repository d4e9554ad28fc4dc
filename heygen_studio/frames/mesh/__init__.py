"""The built-in renderer: the photo on a triangle mesh of the face, with a painted mouth and eyelids. No network, no GPU."""
