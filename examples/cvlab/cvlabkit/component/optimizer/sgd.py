"""Stochastic gradient descent with momentum."""


class SGD:
    def __init__(self, parameters, rate=0.1, momentum=0.9):
        self.parameters, self.rate, self.momentum = list(parameters), rate, momentum
        self.velocity = [0.0] * len(self.parameters)

    def step(self, loss):
        for n, (parameter, gradient) in enumerate(zip(self.parameters, loss.gradients(), strict=True)):
            self.velocity[n] = self.momentum * self.velocity[n] - self.rate * gradient
            parameter.add(self.velocity[n])
