package io.tributary.settings;

import org.apache.camel.component.platform.http.plugin.DefaultJolokiaPlatformHttpPlugin;
import org.apache.camel.component.platform.http.plugin.JolokiaPlatformHttpPlugin;

/** Makes Camel's Jolokia with one of the two access policies in the jar. */
public final class JolokiaPlugins {
  private JolokiaPlugins() {}

  /**
   * Camel's plugin takes its policy from a system property only, and reads it when it is made. So
   * nobody else makes one meanwhile.
   */
  public static synchronized JolokiaPlatformHttpPlugin make(boolean writable) {
    String policy = writable ? "jolokia-write-access.xml" : "jolokia-access.xml";
    System.setProperty("jolokia.policyLocation", "classpath:/" + policy);
    return new DefaultJolokiaPlatformHttpPlugin();
  }
}
