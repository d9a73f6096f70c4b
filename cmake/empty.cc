// The body of a folder that is a header alone.
