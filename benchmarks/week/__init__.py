"""A week at a help desk in minutes: 2,000 cases, people with habits, and an audit of all of it.

The life of the cases is the program's own, on a true database; only the time is simulated, and
jumps from one event to the next. What was promised is then checked from the histories and the
notices alone, by arithmetic that shares no code with the life of a case.

    python -m benchmarks.week [--cases 2000] [--days 7] [--report docs/week.md]
"""
