package io.tributary.bench;

import io.tributary.demo.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Path;

/** The broker, in a process of its own that ends when its standard input does. */
public final class BrokerProcess {
  private BrokerProcess() {}

  /** Takes the file to say its address in, the number of partitions, and the topics to make. */
  public static void main(String[] args) throws IOException {
    EmbeddedBroker broker = new EmbeddedBroker(0);
    Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
    broker.start();
    for (int i = 2; i < args.length; i++) {
      broker.createTopic(args[i], Integer.parseInt(args[1]));
    }
    Child.sayReady(Path.of(args[0]), broker.bootstrapServers());
    while (System.in.read() >= 0) {
      // nothing to be told
    }
    System.exit(0);
  }
}
