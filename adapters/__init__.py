"""Everything that talks to another system. jira, gql, requests and urllib3 are imported here and nowhere else."""
