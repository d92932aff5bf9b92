import org.elasticmq.rest.sqs.SQSRestServerBuilder;

/** ElasticMQ on a free port of the loopback interface, until its standard input ends: then its parent has gone. */
public class ElasticMq {
  public static void main(String[] args) throws Exception {
    var server = SQSRestServerBuilder.withInterface("127.0.0.1").withDynamicPort().start();
    var address = server.waitUntilStarted().localAddress();
    System.out.println("listening on http:/" + address);
    while (System.in.read() != -1) {}
    System.exit(0);
  }
}
