"""What an author wrote: units, stubs, wrong answers, seeds."""
