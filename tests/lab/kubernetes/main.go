// Command kubernetes is the whole of Kubernetes in one static binary: it becomes the component it is called as.
//
// The lab needs real components and may fetch Go modules only. Upstream's components are ordinary Go
// modules, so one small program that picks by the name it is started under gives all of them in one build,
// one file to copy to a host, and one layer shared by all control plane images.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	etcdctl "go.etcd.io/etcd/etcdctl/v3/ctlv3"
	"go.etcd.io/etcd/etcdutl/v3/etcdutl"
	etcd "go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubeadm "k8s.io/kubernetes/cmd/kubeadm/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"

	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
)

// The tool for files of etcd's store, whose own command lies in a program and not in a package.
func etcdutlCommand() *cobra.Command {
	command := &cobra.Command{Use: "etcdutl", SilenceUsage: true}
	command.PersistentFlags().StringVarP(&etcdutl.OutputFormat, "write-out", "w", "simple", "the output format")
	command.AddCommand(etcdutl.NewSnapshotCommand(), etcdutl.NewVersionCommand())
	return command
}

func main() {
	name := filepath.Base(os.Args[0])
	// etcdctl has all of cobra's commands answer to parts of their names; nobody else asked for that.
	cobra.EnablePrefixMatching = name == "etcdctl"
	commands := map[string]func() *cobra.Command{
		"kube-apiserver":          apiserver.NewAPIServerCommand,
		"kube-controller-manager": controllermanager.NewControllerManagerCommand,
		"kube-scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
		"kube-proxy":              proxy.NewProxyCommand,
		"kubelet":                 func() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) },
		"etcdutl":                 etcdutlCommand,
		"kubectl":                 func() *cobra.Command { return kubectl.NewDefaultKubectlCommand() },
	}
	switch name {
	case "etcd":
		etcd.Main(os.Args)
	case "etcdctl":
		etcdctl.MustStart()
	case "kubeadm":
		if err := kubeadm.Run(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	default:
		command, known := commands[name]
		if !known {
			fmt.Fprintf(os.Stderr, "%s is no component; link this file under a component's name\n", name)
			os.Exit(2)
		}
		os.Exit(cli.Run(command()))
	}
}
