//! What is changed on a host besides the cluster: kernel settings, modules, swap, folders, names. Noted on the host, and taken back by a reset.
