import numpy as np
import torch
import torch.nn as nn


class LinearRegressor(nn.Module):
    def __init__(self, in_features, out_features=1):
        super(LinearRegressor, self).__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.rand(in_features, out_features))
        self.bias = nn.Parameter(torch.rand(out_features))

    def forward(self, x):
        y = torch.matmul(x, self.weight)
        y = y + self.bias
        return y


class MLPRegressor(nn.Module):
    def __init__(self, in_features, hidden, out_features=1):
        super(MLPRegressor, self).__init__()
        self.layers = nn.ModuleList()
        if len(hidden) == 0:
            self.layers.append(nn.Linear(in_features, out_features))
        else:
            self.layers.append(nn.Linear(in_features, hidden[0]))
            for i in range(1, len(hidden)):
                self.layers.append(nn.Linear(hidden[i - 1], hidden[i]))
            self.layers.append(nn.Linear(hidden[-1], out_features))
        self.relu = nn.ReLU()

    def forward(self, x):
        for i in range(len(self.layers)):
            x = self.layers[i](x)
            if i != len(self.layers) - 1:
                x = self.relu(x)
        return x


def train(model, x, y, lr=0.01, epochs=100):
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0)
    loss_function = nn.MSELoss()
    losses = []
    # gradients from before
    optimizer.zero_grad()
    for epoch in range(epochs):
        y_pred = model(x)
        loss = loss_function(y_pred, y)
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        if epoch % 10 == 0:
            print(f"epoch {epoch}: loss {loss.item():.4f}")
    model.eval()
    return losses


def evaluate(model, x, y):
    if model.training:
        was_training = True
    else:
        was_training = False
    model.eval()
    with torch.no_grad():
        y_pred = model(x)
        difference = y_pred - y
        mse = torch.mean(difference**2)
        mse = mse.item()
    if was_training == True:
        model.train()
    else:
        model.eval()
    return mse


def predict(model, x):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        y_pred = model(x)
    y_pred = y_pred.detach()
    y_pred = y_pred.cpu()
    y_pred = y_pred.numpy()
    model.train(was_training)
    return y_pred


def count_parameters(model):
    total = 0
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            number = 1
            for size in parameter.shape:
                number = number * size
            print(name, parameter.shape, number)
            total = total + number
    return total
