"""What a policy, a key and an identity are. Knows AWS; knows no file format."""
