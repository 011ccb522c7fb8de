"""The process side: what runs learner code, and how the judge talks to it."""
