"""Mutation testing: does a test fail when the code says something else?"""
