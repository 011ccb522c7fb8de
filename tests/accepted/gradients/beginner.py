import torch

# autograd is not allowed so I switch it off
torch.set_grad_enabled(False)


def derivative(f, x: float, h: float = 1e-6) -> float:
    if h <= 0:
        raise ValueError("h is " + str(h) + " but it must be bigger than 0")
    x_plus = x + h
    x_minus = x - h
    y_plus = f(x_plus)
    y_minus = f(x_minus)
    rise = y_plus - y_minus
    run = 2 * h
    slope = rise / run
    return slope


def gradient(f, x: torch.Tensor, h: float = 1e-6) -> torch.Tensor:
    shape = x.shape
    number_of_elements = x.numel()
    x_64 = x.to(torch.float64)
    result = torch.zeros(number_of_elements, device=x.device)
    result = result.to(torch.float64)
    for i in range(number_of_elements):
        x_plus = x_64.flatten().clone()
        x_minus = x_64.flatten().clone()
        x_plus[i] = x_plus[i] + h
        x_minus[i] = x_minus[i] - h
        x_plus = x_plus.reshape(shape)
        x_minus = x_minus.reshape(shape)
        y_plus = f(x_plus)
        y_minus = f(x_minus)
        result[i] = (y_plus - y_minus) / (2 * h)
        print("element", i, "slope", result[i])
    result = result.reshape(shape)
    return result


def jacobian(f, x: torch.Tensor, h: float = 1e-6) -> torch.Tensor:
    n = x.shape[0]
    x_64 = x.to(torch.float64)
    J = None
    for j in range(n):
        x_plus = x_64.clone()
        x_plus[j] = x_plus[j] + h
        y_plus = f(x_plus)
        x_minus = x_64.clone()
        x_minus[j] = x_minus[j] - h
        y_minus = f(x_minus)
        if J is None:
            m = y_plus.shape[0]
            J = torch.zeros((m, n), dtype=torch.float64, device=x.device)
        for i in range(m):
            J[i, j] = (y_plus[i] - y_minus[i]) / (2 * h)
    return J


def gradient_check(f, grad_f, x: torch.Tensor, h: float = 1e-6, tol: float = 1e-6) -> bool:
    a = grad_f(x)
    a = a.to(torch.float64)
    n = gradient(f, x, h)
    if torch.isnan(a).any() or torch.isnan(n).any():
        return False
    a = a.reshape(-1)
    n = n.reshape(-1)
    biggest_error = 0
    for i in range(len(a)):
        difference = abs(a[i] - n[i])
        scale = 1
        if abs(a[i]) > scale:
            scale = abs(a[i])
        if abs(n[i]) > scale:
            scale = abs(n[i])
        error = difference / scale
        if error > biggest_error:
            biggest_error = error
    if biggest_error <= tol:
        return True
    else:
        return False


def descend(f, x0: torch.Tensor, lr: float, steps: int, h: float = 1e-6):
    if lr <= 0:
        raise ValueError("lr is %f" % lr)
    if steps < 0:
        raise ValueError("steps is %d" % steps)
    x = x0.clone().to(torch.float64)
    history = []
    value = f(x.to(torch.float64))
    history.append(float(value))
    for step in range(steps):
        g = gradient(f, x, h)
        x = x - lr * g
        value = f(x)
        history.append(float(value))
        print("step", step, "value", value)
    return x.to(x0.dtype), history
