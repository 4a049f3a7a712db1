"""Train a classifier, epoch by epoch, and keep the best."""


class Classification:
    def __init__(self, model, train, test, optimizer, loss, metric, scheduler, checkpoint, logger, epochs=20):
        self.model, self.train, self.test = model, train, test
        self.optimizer, self.loss, self.metric = optimizer, loss, metric
        self.scheduler, self.checkpoint, self.logger = scheduler, checkpoint, logger
        self.epochs = epochs

    def run(self):
        for epoch in range(self.epochs):
            for images, labels in self.train:
                self.optimizer.step(self.loss(self.model.forward(images), labels))
            score = self.metric(self.model, self.test)
            self.checkpoint.offer(self.model, score)
            self.logger.log(epoch=epoch, score=score, rate=self.scheduler.step())
