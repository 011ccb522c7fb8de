# test_nothing_is_recorded: torch.no_grad() in front of a bracket makes a function that runs under it, and f(x) has run before that. Call f inside `with torch.no_grad():`.
# test_only_while_f_runs: torch.no_grad() in front of a bracket makes a function that runs under it, and f(x) has run before that. Call f inside `with torch.no_grad():`.


def without_graph(f, x):
    return torch.no_grad()(f(x))
