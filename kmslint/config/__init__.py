"""The configuration of a repository: where it is looked for, how it is read, and what may stand in it."""
