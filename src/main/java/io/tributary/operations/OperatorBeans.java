package io.tributary.operations;

import static org.apache.camel.support.LifecycleStrategySupport.adapt;

import java.util.List;
import javax.management.JMException;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.ManagementAgent;
import org.apache.camel.spi.OnCamelContextStarting;

/**
 * Tributary's own MBeans, beside Camel's of the same context. Camel's agent holds them, so they
 * vanish with the context. Each has the name of its class without {@code Managed}.
 */
public final class OperatorBeans {
  private OperatorBeans() {}

  /** Registers them when the context starts. */
  public static void register(CamelContext context, List<?> beans) {
    context.addLifecycleStrategy(
        adapt(
            (OnCamelContextStarting)
                starting -> {
                  for (Object bean : beans) {
                    register(starting, bean);
                  }
                }));
  }

  private static void register(CamelContext context, Object bean) {
    ManagementAgent agent = context.getManagementStrategy().getManagementAgent();
    if (agent == null) {
      return; // JMX is switched off
    }
    String name = bean.getClass().getSimpleName().replaceFirst("^Managed", "");
    try {
      ObjectName place =
          new ObjectName(
              agent.getMBeanObjectDomainName()
                  + ":context="
                  + context.getManagementName()
                  + ",type=tributary,name="
                  + name);
      agent.register(bean, place);
    } catch (JMException e) {
      throw new IllegalStateException("The MBean " + name + " cannot be registered", e);
    }
  }
}
