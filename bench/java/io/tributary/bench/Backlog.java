package io.tributary.bench;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Fills a topic before anything is measured. */
final class Backlog {
  private Backlog() {}

  /** Sends so many messages; returns when the broker has them all. */
  static void fill(String brokers, String topic, SampleEvents events, int messages) {
    Map<String, Object> settings =
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            brokers,
            ProducerConfig.LINGER_MS_CONFIG,
            20,
            ProducerConfig.BATCH_SIZE_CONFIG,
            256 * 1024);
    AtomicReference<Exception> failure = new AtomicReference<>();
    try (var producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int place = 0; place < messages; place++) {
        var unused =
            producer.send(
                new ProducerRecord<>(topic, events.partition(place), null, events.message(place)),
                (sent, e) -> {
                  if (e != null) {
                    failure.set(e);
                  }
                });
      }
      producer.flush();
    }
    if (failure.get() != null) {
      throw new IllegalStateException("Topic " + topic + " was not filled", failure.get());
    }
  }
}
