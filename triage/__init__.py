"""Triage: tells the person on duty about upset customers' mail."""
