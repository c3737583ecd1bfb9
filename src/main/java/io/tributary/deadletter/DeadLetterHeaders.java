package io.tributary.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.camel.component.kafka.serde.KafkaHeaderSerializer;

/**
 * The headers of dead letters as UTF-8; Camel's own would take the character set of the machine.
 * Safe for several threads.
 */
public final class DeadLetterHeaders implements KafkaHeaderSerializer {
  @Override
  public byte[] serialize(String name, Object value) {
    return value.toString().getBytes(UTF_8);
  }
}
