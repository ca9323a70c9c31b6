"""Bytes to one located tree. Knows YAML, JSON and HCL; knows nothing of AWS."""
