"""CloudFormation: a template becomes an estate."""
