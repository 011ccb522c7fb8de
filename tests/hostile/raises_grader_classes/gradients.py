"""A learner's GraderFault must not withhold the score, nor a Pending count as 'no device here'."""

NAMES = [
    "GraderFault", "SubmissionFault", "TimedOut", "Pending", "Blocked", "Mismatch", "Passed",
    "SandboxUnavailable", "UsageError", "CourseError", "ProtocolError", "Unsendable",
]  # fmt: skip
raised = []


def refuse(*args, **kwargs):
    name = NAMES[len(raised) % len(NAMES)]
    raised.append(name)
    try:
        from grader import errors
        from grader.sandbox import wire

        kind = getattr(errors, name, None) or getattr(wire, name)
    except (ImportError, AttributeError):
        kind = type(name, (Exception,), {"__module__": "grader.errors", "exit_code": 0})
    raise kind("20/20")


derivative = gradient = jacobian = gradient_check = descend = refuse
