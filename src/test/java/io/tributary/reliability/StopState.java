package io.tributary.reliability;

import static org.awaitility.Awaitility.await;

import io.tributary.settings.Setting;
import io.tributary.support.Fault;
import java.time.Duration;
import java.util.Map;
import java.util.Random;

/** A state in which the process gets its SIGTERM, and how it gets there. */
enum StopState {
  IDLE(Map.of()) {
    @Override
    void reach(StopSite site, Random random) {
      site.awaitInService();
    }
  },
  UNDER_LOAD(Map.of()) {
    @Override
    void reach(StopSite site, Random random) {
      site.awaitInService();
      site.beginLoad();
      pass(random, 2000);
    }
  },
  HANGING_API(Map.of(Setting.ANALYTICS_API_TIMEOUT, 30)) {
    @Override
    void reach(StopSite site, Random random) {
      reachFailure(site, Fault.SILENT);
      pass(random, 500);
    }
  },
  RETRY_DELAY(Map.of(Setting.RETRY_BACKOFF_BASE, 30)) {
    @Override
    void reach(StopSite site, Random random) {
      reachFailure(site, Fault.STATUS_500);
      pass(random, 500);
    }
  },
  BACK_PRESSURE(Map.of(Setting.MERGE_MAX_PENDING_BATCHES, 2, Setting.MERGE_MAX_MESSAGES, 20)) {
    @Override
    void reach(StopSite site, Random random) {
      site.awaitInService();
      site.api().fault(Fault.REFUSED);
      site.beginLoad();
      await().until(() -> site.pendingBatches() >= 2);
      pass(random, 500);
    }
  },
  BROKER_AWAY(Map.of()) {
    @Override
    void reach(StopSite site, Random random) {
      site.awaitInService();
      site.beginLoad();
      pass(random, 500);
      site.broker().stop();
      pass(random, 6000);
    }
  },
  START_UP(Map.of()) {
    @Override
    void reach(StopSite site, Random random) {
      await().until(site::hasLogged);
      pass(random, 3000);
    }
  },
  REBALANCE(Map.of()) {
    @Override
    void reach(StopSite site, Random random) {
      site.awaitInService();
      site.beginLoad();
      site.beginJoiningAndLeaving();
      pass(random, 4000);
    }
  },
  STUCK_REBALANCE(Map.of()) {
    @Override
    void reach(StopSite site, Random random) {
      site.awaitInService();
      site.beginStuckRebalance();
      pass(random, 3000);
    }
  };

  private final Map<Setting, Object> settings;

  StopState(Map<Setting, Object> settings) {
    this.settings = settings;
  }

  Map<Setting, Object> settings() {
    return settings;
  }

  abstract void reach(StopSite site, Random random);

  private static void reachFailure(StopSite site, Fault fault) {
    site.awaitInService();
    int before = site.api().attempts().size();
    site.api().fault(fault);
    site.sendOne();
    await().until(() -> site.api().attempts().size() > before);
  }

  private static void pass(Random random, int atMostMillis) {
    await()
        .pollInterval(Duration.ofMillis(5))
        .pollDelay(Duration.ofMillis(random.nextInt(atMostMillis)))
        .until(() -> true);
  }
}
