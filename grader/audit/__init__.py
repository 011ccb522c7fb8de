"""Checks a course for its author: is every mistake caught, and is every answer explained?"""
