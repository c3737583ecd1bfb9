package io.tributary.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tributary.deadletter.DeadLetterFormat;
import io.tributary.event.Reason;
import io.tributary.support.Kafka;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LetterReaderTest {
  private final String topic = Kafka.topic("letters", 2);

  /** A Tributary that runs can write dead letters at any time. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void letterThatComesLater_isNotRead(boolean committing) throws Exception {
    // Given
    send(0, "EVT-1");
    Properties client = new Properties();
    client.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, Kafka.brokers());
    client.put(ConsumerConfig.GROUP_ID_CONFIG, topic);
    try (LetterReader reader = new LetterReader(client, topic, committing)) {
      // When
      send(0, "EVT-2");
      send(1, "EVT-3");
      List<String> read = new ArrayList<>();
      while (!reader.isAtEnd()) {
        reader.poll().forEach(letter -> read.add(letter.identity()));
      }

      // Then
      assertEquals(List.of("EVT-1"), read);
    }
  }

  private void send(int partition, String eventId) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, partition, null, "{}".getBytes(UTF_8));
    record.headers().add(DeadLetterFormat.REASON, Reason.REFUSED_BY_API.label().getBytes(UTF_8));
    record.headers().add(DeadLetterFormat.EVENT_ID, eventId.getBytes(UTF_8));
    Kafka.send(List.of(record));
  }
}
