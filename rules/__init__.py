"""The rules, shipped as `kmslint.rules`: one module each, called after its id."""
