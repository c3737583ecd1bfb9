package io.tributary.operations;

import static org.apache.camel.support.LifecycleStrategySupport.adapt;

import javax.management.JMException;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.ManagementAgent;
import org.apache.camel.spi.OnCamelContextStarting;

/** MBeans beside Camel's of the same context. Camel's agent holds them, so they end with it. */
public final class OperatorBeans {
  private OperatorBeans() {}

  /** Registers one when the context starts, under the name of its class without "Managed". */
  public static void register(CamelContext context, Object bean) {
    String name = bean.getClass().getSimpleName().replaceFirst("^Managed", "");
    OnCamelContextStarting register =
        starting -> {
          ManagementAgent agent = context.getManagementStrategy().getManagementAgent();
          if (agent == null) {
            return; // JMX is switched off
          }
          try {
            String place = "%s:context=%s,type=tributary,name=%s";
            String domain = agent.getMBeanObjectDomainName();
            agent.register(
                bean, new ObjectName(place.formatted(domain, context.getManagementName(), name)));
          } catch (JMException e) {
            throw new IllegalStateException("The MBean " + name + " cannot be registered", e);
          }
        };
    context.addLifecycleStrategy(adapt(register));
  }
}
