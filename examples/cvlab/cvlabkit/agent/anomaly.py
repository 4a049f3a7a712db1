"""Learn what good parts look like, then score new ones."""


class Anomaly:
    def __init__(self, model, train, test, metric, logger):
        self.model, self.train, self.test, self.metric, self.logger = model, train, test, metric, logger

    def run(self):
        for images, _ in self.train:
            self.model.remember(images)
        self.logger.log(auroc=self.metric(self.model, self.test))
