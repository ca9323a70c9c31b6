"""The rule engine: rules, their findings, and which of them are shown."""
