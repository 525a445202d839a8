// Written by contracts/tools/abi.mjs from contracts/src/Escrow.sol.
export const escrowAbi = [
  {
    "type": "function",
    "name": "answer",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "account",
        "type": "address"
      },
      {
        "name": "leaves",
        "type": "tuple[]",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32"
          },
          {
            "name": "epoch",
            "type": "uint256"
          },
          {
            "name": "leaf",
            "type": "tuple",
            "components": [
              {
                "name": "account",
                "type": "address"
              },
              {
                "name": "amount",
                "type": "uint256"
              },
              {
                "name": "earned",
                "type": "uint256"
              },
              {
                "name": "index",
                "type": "uint256"
              }
            ]
          },
          {
            "name": "proof",
            "type": "bytes"
          }
        ]
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "beginClose",
    "inputs": [
      {
        "name": "opening",
        "type": "tuple",
        "components": [
          {
            "name": "publisher",
            "type": "address"
          },
          {
            "name": "salt",
            "type": "bytes32"
          },
          {
            "name": "token",
            "type": "address"
          },
          {
            "name": "budget",
            "type": "uint256"
          },
          {
            "name": "bond",
            "type": "uint256"
          },
          {
            "name": "settler",
            "type": "address"
          },
          {
            "name": "manifest",
            "type": "bytes32"
          },
          {
            "name": "terms",
            "type": "tuple",
            "components": [
              {
                "name": "expiry",
                "type": "uint256"
              },
              {
                "name": "postDelay",
                "type": "uint256"
              },
              {
                "name": "challengeDelay",
                "type": "uint256"
              },
              {
                "name": "closeDelay",
                "type": "uint256"
              },
              {
                "name": "settlerCap",
                "type": "uint256"
              },
              {
                "name": "postReserve",
                "type": "uint256"
              },
              {
                "name": "postBounty",
                "type": "uint256"
              },
              {
                "name": "quorumBps",
                "type": "uint256"
              },
              {
                "name": "minSigners",
                "type": "uint256"
              },
              {
                "name": "forceDelay",
                "type": "uint256"
              },
              {
                "name": "forceCap",
                "type": "uint256"
              }
            ]
          }
        ]
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "cashout",
    "inputs": [
      {
        "name": "call",
        "type": "tuple",
        "components": [
          {
            "name": "cashout",
            "type": "tuple",
            "components": [
              {
                "name": "account",
                "type": "address"
              },
              {
                "name": "to",
                "type": "address"
              },
              {
                "name": "token",
                "type": "address"
              },
              {
                "name": "maxFee",
                "type": "uint256"
              },
              {
                "name": "minOut",
                "type": "uint256"
              },
              {
                "name": "nonce",
                "type": "uint256"
              },
              {
                "name": "deadline",
                "type": "uint256"
              }
            ]
          },
          {
            "name": "signature",
            "type": "bytes"
          },
          {
            "name": "fee",
            "type": "uint256"
          },
          {
            "name": "leaves",
            "type": "tuple[]",
            "components": [
              {
                "name": "jobId",
                "type": "bytes32"
              },
              {
                "name": "epoch",
                "type": "uint256"
              },
              {
                "name": "leaf",
                "type": "tuple",
                "components": [
                  {
                    "name": "account",
                    "type": "address"
                  },
                  {
                    "name": "amount",
                    "type": "uint256"
                  },
                  {
                    "name": "earned",
                    "type": "uint256"
                  },
                  {
                    "name": "index",
                    "type": "uint256"
                  }
                ]
              },
              {
                "name": "proof",
                "type": "bytes"
              }
            ]
          }
        ]
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "cashoutMany",
    "inputs": [
      {
        "name": "calls",
        "type": "tuple[]",
        "components": [
          {
            "name": "cashout",
            "type": "tuple",
            "components": [
              {
                "name": "account",
                "type": "address"
              },
              {
                "name": "to",
                "type": "address"
              },
              {
                "name": "token",
                "type": "address"
              },
              {
                "name": "maxFee",
                "type": "uint256"
              },
              {
                "name": "minOut",
                "type": "uint256"
              },
              {
                "name": "nonce",
                "type": "uint256"
              },
              {
                "name": "deadline",
                "type": "uint256"
              }
            ]
          },
          {
            "name": "signature",
            "type": "bytes"
          },
          {
            "name": "fee",
            "type": "uint256"
          },
          {
            "name": "leaves",
            "type": "tuple[]",
            "components": [
              {
                "name": "jobId",
                "type": "bytes32"
              },
              {
                "name": "epoch",
                "type": "uint256"
              },
              {
                "name": "leaf",
                "type": "tuple",
                "components": [
                  {
                    "name": "account",
                    "type": "address"
                  },
                  {
                    "name": "amount",
                    "type": "uint256"
                  },
                  {
                    "name": "earned",
                    "type": "uint256"
                  },
                  {
                    "name": "index",
                    "type": "uint256"
                  }
                ]
              },
              {
                "name": "proof",
                "type": "bytes"
              }
            ]
          }
        ]
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "challenge",
    "inputs": [
      {
        "name": "opening",
        "type": "tuple",
        "components": [
          {
            "name": "publisher",
            "type": "address"
          },
          {
            "name": "salt",
            "type": "bytes32"
          },
          {
            "name": "token",
            "type": "address"
          },
          {
            "name": "budget",
            "type": "uint256"
          },
          {
            "name": "bond",
            "type": "uint256"
          },
          {
            "name": "settler",
            "type": "address"
          },
          {
            "name": "manifest",
            "type": "bytes32"
          },
          {
            "name": "terms",
            "type": "tuple",
            "components": [
              {
                "name": "expiry",
                "type": "uint256"
              },
              {
                "name": "postDelay",
                "type": "uint256"
              },
              {
                "name": "challengeDelay",
                "type": "uint256"
              },
              {
                "name": "closeDelay",
                "type": "uint256"
              },
              {
                "name": "settlerCap",
                "type": "uint256"
              },
              {
                "name": "postReserve",
                "type": "uint256"
              },
              {
                "name": "postBounty",
                "type": "uint256"
              },
              {
                "name": "quorumBps",
                "type": "uint256"
              },
              {
                "name": "minSigners",
                "type": "uint256"
              },
              {
                "name": "forceDelay",
                "type": "uint256"
              },
              {
                "name": "forceCap",
                "type": "uint256"
              }
            ]
          }
        ]
      },
      {
        "name": "broken",
        "type": "tuple",
        "components": [
          {
            "name": "statement",
            "type": "tuple",
            "components": [
              {
                "name": "jobId",
                "type": "bytes32"
              },
              {
                "name": "epoch",
                "type": "uint256"
              },
              {
                "name": "seq",
                "type": "uint256"
              },
              {
                "name": "last",
                "type": "bool"
              },
              {
                "name": "depth",
                "type": "uint256"
              },
              {
                "name": "total",
                "type": "uint256"
              },
              {
                "name": "units",
                "type": "uint256"
              },
              {
                "name": "root",
                "type": "bytes32"
              },
              {
                "name": "dataHash",
                "type": "bytes32"
              }
            ]
          },
          {
            "name": "signature",
            "type": "bytes"
          },
          {
            "name": "leaf",
            "type": "tuple",
            "components": [
              {
                "name": "account",
                "type": "address"
              },
              {
                "name": "amount",
                "type": "uint256"
              },
              {
                "name": "earned",
                "type": "uint256"
              },
              {
                "name": "index",
                "type": "uint256"
              }
            ]
          },
          {
            "name": "proof",
            "type": "bytes"
          },
          {
            "name": "helper",
            "type": "address"
          },
          {
            "name": "fee",
            "type": "uint256"
          },
          {
            "name": "consent",
            "type": "bytes"
          }
        ]
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "claim",
    "inputs": [
      {
        "name": "proven",
        "type": "tuple",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32"
          },
          {
            "name": "epoch",
            "type": "uint256"
          },
          {
            "name": "leaf",
            "type": "tuple",
            "components": [
              {
                "name": "account",
                "type": "address"
              },
              {
                "name": "amount",
                "type": "uint256"
              },
              {
                "name": "earned",
                "type": "uint256"
              },
              {
                "name": "index",
                "type": "uint256"
              }
            ]
          },
          {
            "name": "proof",
            "type": "bytes"
          }
        ]
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "claimAndOpen",
    "inputs": [
      {
        "name": "leaves",
        "type": "tuple[]",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32"
          },
          {
            "name": "epoch",
            "type": "uint256"
          },
          {
            "name": "leaf",
            "type": "tuple",
            "components": [
              {
                "name": "account",
                "type": "address"
              },
              {
                "name": "amount",
                "type": "uint256"
              },
              {
                "name": "earned",
                "type": "uint256"
              },
              {
                "name": "index",
                "type": "uint256"
              }
            ]
          },
          {
            "name": "proof",
            "type": "bytes"
          }
        ]
      },
      {
        "name": "opening",
        "type": "tuple",
        "components": [
          {
            "name": "publisher",
            "type": "address"
          },
          {
            "name": "salt",
            "type": "bytes32"
          },
          {
            "name": "token",
            "type": "address"
          },
          {
            "name": "budget",
            "type": "uint256"
          },
          {
            "name": "bond",
            "type": "uint256"
          },
          {
            "name": "settler",
            "type": "address"
          },
          {
            "name": "manifest",
            "type": "bytes32"
          },
          {
            "name": "terms",
            "type": "tuple",
            "components": [
              {
                "name": "expiry",
                "type": "uint256"
              },
              {
                "name": "postDelay",
                "type": "uint256"
              },
              {
                "name": "challengeDelay",
                "type": "uint256"
              },
              {
                "name": "closeDelay",
                "type": "uint256"
              },
              {
                "name": "settlerCap",
                "type": "uint256"
              },
              {
                "name": "postReserve",
                "type": "uint256"
              },
              {
                "name": "postBounty",
                "type": "uint256"
              },
              {
                "name": "quorumBps",
                "type": "uint256"
              },
              {
                "name": "minSigners",
                "type": "uint256"
              },
              {
                "name": "forceDelay",
                "type": "uint256"
              },
              {
                "name": "forceCap",
                "type": "uint256"
              }
            ]
          }
        ]
      },
      {
        "name": "contact",
        "type": "bytes"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bytes32"
      }
    ],
    "stateMutability": "payable"
  },
  {
    "type": "function",
    "name": "claimCredit",
    "inputs": [
      {
        "name": "token",
        "type": "address"
      },
      {
        "name": "account",
        "type": "address"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "claimMany",
    "inputs": [
      {
        "name": "leaves",
        "type": "tuple[]",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32"
          },
          {
            "name": "epoch",
            "type": "uint256"
          },
          {
            "name": "leaf",
            "type": "tuple",
            "components": [
              {
                "name": "account",
                "type": "address"
              },
              {
                "name": "amount",
                "type": "uint256"
              },
              {
                "name": "earned",
                "type": "uint256"
              },
              {
                "name": "index",
                "type": "uint256"
              }
            ]
          },
          {
            "name": "proof",
            "type": "bytes"
          }
        ]
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "close",
    "inputs": [
      {
        "name": "opening",
        "type": "tuple",
        "components": [
          {
            "name": "publisher",
            "type": "address"
          },
          {
            "name": "salt",
            "type": "bytes32"
          },
          {
            "name": "token",
            "type": "address"
          },
          {
            "name": "budget",
            "type": "uint256"
          },
          {
            "name": "bond",
            "type": "uint256"
          },
          {
            "name": "settler",
            "type": "address"
          },
          {
            "name": "manifest",
            "type": "bytes32"
          },
          {
            "name": "terms",
            "type": "tuple",
            "components": [
              {
                "name": "expiry",
                "type": "uint256"
              },
              {
                "name": "postDelay",
                "type": "uint256"
              },
              {
                "name": "challengeDelay",
                "type": "uint256"
              },
              {
                "name": "closeDelay",
                "type": "uint256"
              },
              {
                "name": "settlerCap",
                "type": "uint256"
              },
              {
                "name": "postReserve",
                "type": "uint256"
              },
              {
                "name": "postBounty",
                "type": "uint256"
              },
              {
                "name": "quorumBps",
                "type": "uint256"
              },
              {
                "name": "minSigners",
                "type": "uint256"
              },
              {
                "name": "forceDelay",
                "type": "uint256"
              },
              {
                "name": "forceCap",
                "type": "uint256"
              }
            ]
          }
        ]
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "feedback",
    "inputs": [
      {
        "name": "opening",
        "type": "tuple",
        "components": [
          {
            "name": "publisher",
            "type": "address"
          },
          {
            "name": "salt",
            "type": "bytes32"
          },
          {
            "name": "token",
            "type": "address"
          },
          {
            "name": "budget",
            "type": "uint256"
          },
          {
            "name": "bond",
            "type": "uint256"
          },
          {
            "name": "settler",
            "type": "address"
          },
          {
            "name": "manifest",
            "type": "bytes32"
          },
          {
            "name": "terms",
            "type": "tuple",
            "components": [
              {
                "name": "expiry",
                "type": "uint256"
              },
              {
                "name": "postDelay",
                "type": "uint256"
              },
              {
                "name": "challengeDelay",
                "type": "uint256"
              },
              {
                "name": "closeDelay",
                "type": "uint256"
              },
              {
                "name": "settlerCap",
                "type": "uint256"
              },
              {
                "name": "postReserve",
                "type": "uint256"
              },
              {
                "name": "postBounty",
                "type": "uint256"
              },
              {
                "name": "quorumBps",
                "type": "uint256"
              },
              {
                "name": "minSigners",
                "type": "uint256"
              },
              {
                "name": "forceDelay",
                "type": "uint256"
              },
              {
                "name": "forceCap",
                "type": "uint256"
              }
            ]
          }
        ]
      },
      {
        "name": "proven",
        "type": "tuple",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32"
          },
          {
            "name": "epoch",
            "type": "uint256"
          },
          {
            "name": "leaf",
            "type": "tuple",
            "components": [
              {
                "name": "account",
                "type": "address"
              },
              {
                "name": "amount",
                "type": "uint256"
              },
              {
                "name": "earned",
                "type": "uint256"
              },
              {
                "name": "index",
                "type": "uint256"
              }
            ]
          },
          {
            "name": "proof",
            "type": "bytes"
          }
        ]
      },
      {
        "name": "score",
        "type": "uint256"
      },
      {
        "name": "evidence",
        "type": "bytes32"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "force",
    "inputs": [
      {
        "name": "opening",
        "type": "tuple",
        "components": [
          {
            "name": "publisher",
            "type": "address"
          },
          {
            "name": "salt",
            "type": "bytes32"
          },
          {
            "name": "token",
            "type": "address"
          },
          {
            "name": "budget",
            "type": "uint256"
          },
          {
            "name": "bond",
            "type": "uint256"
          },
          {
            "name": "settler",
            "type": "address"
          },
          {
            "name": "manifest",
            "type": "bytes32"
          },
          {
            "name": "terms",
            "type": "tuple",
            "components": [
              {
                "name": "expiry",
                "type": "uint256"
              },
              {
                "name": "postDelay",
                "type": "uint256"
              },
              {
                "name": "challengeDelay",
                "type": "uint256"
              },
              {
                "name": "closeDelay",
                "type": "uint256"
              },
              {
                "name": "settlerCap",
                "type": "uint256"
              },
              {
                "name": "postReserve",
                "type": "uint256"
              },
              {
                "name": "postBounty",
                "type": "uint256"
              },
              {
                "name": "quorumBps",
                "type": "uint256"
              },
              {
                "name": "minSigners",
                "type": "uint256"
              },
              {
                "name": "forceDelay",
                "type": "uint256"
              },
              {
                "name": "forceCap",
                "type": "uint256"
              }
            ]
          }
        ]
      },
      {
        "name": "forced",
        "type": "tuple",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32"
          },
          {
            "name": "epoch",
            "type": "uint256"
          },
          {
            "name": "depth",
            "type": "uint256"
          },
          {
            "name": "total",
            "type": "uint256"
          },
          {
            "name": "root",
            "type": "bytes32"
          },
          {
            "name": "dataHash",
            "type": "bytes32"
          }
        ]
      },
      {
        "name": "attestations",
        "type": "tuple[]",
        "components": [
          {
            "name": "leaf",
            "type": "tuple",
            "components": [
              {
                "name": "account",
                "type": "address"
              },
              {
                "name": "amount",
                "type": "uint256"
              },
              {
                "name": "earned",
                "type": "uint256"
              },
              {
                "name": "index",
                "type": "uint256"
              }
            ]
          },
          {
            "name": "proof",
            "type": "bytes"
          },
          {
            "name": "signature",
            "type": "bytes"
          }
        ]
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "open",
    "inputs": [
      {
        "name": "opening",
        "type": "tuple",
        "components": [
          {
            "name": "publisher",
            "type": "address"
          },
          {
            "name": "salt",
            "type": "bytes32"
          },
          {
            "name": "token",
            "type": "address"
          },
          {
            "name": "budget",
            "type": "uint256"
          },
          {
            "name": "bond",
            "type": "uint256"
          },
          {
            "name": "settler",
            "type": "address"
          },
          {
            "name": "manifest",
            "type": "bytes32"
          },
          {
            "name": "terms",
            "type": "tuple",
            "components": [
              {
                "name": "expiry",
                "type": "uint256"
              },
              {
                "name": "postDelay",
                "type": "uint256"
              },
              {
                "name": "challengeDelay",
                "type": "uint256"
              },
              {
                "name": "closeDelay",
                "type": "uint256"
              },
              {
                "name": "settlerCap",
                "type": "uint256"
              },
              {
                "name": "postReserve",
                "type": "uint256"
              },
              {
                "name": "postBounty",
                "type": "uint256"
              },
              {
                "name": "quorumBps",
                "type": "uint256"
              },
              {
                "name": "minSigners",
                "type": "uint256"
              },
              {
                "name": "forceDelay",
                "type": "uint256"
              },
              {
                "name": "forceCap",
                "type": "uint256"
              }
            ]
          }
        ]
      },
      {
        "name": "contact",
        "type": "bytes"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bytes32"
      }
    ],
    "stateMutability": "payable"
  },
  {
    "type": "function",
    "name": "openFor",
    "inputs": [
      {
        "name": "signed",
        "type": "tuple",
        "components": [
          {
            "name": "opening",
            "type": "tuple",
            "components": [
              {
                "name": "publisher",
                "type": "address"
              },
              {
                "name": "salt",
                "type": "bytes32"
              },
              {
                "name": "token",
                "type": "address"
              },
              {
                "name": "budget",
                "type": "uint256"
              },
              {
                "name": "bond",
                "type": "uint256"
              },
              {
                "name": "settler",
                "type": "address"
              },
              {
                "name": "manifest",
                "type": "bytes32"
              },
              {
                "name": "terms",
                "type": "tuple",
                "components": [
                  {
                    "name": "expiry",
                    "type": "uint256"
                  },
                  {
                    "name": "postDelay",
                    "type": "uint256"
                  },
                  {
                    "name": "challengeDelay",
                    "type": "uint256"
                  },
                  {
                    "name": "closeDelay",
                    "type": "uint256"
                  },
                  {
                    "name": "settlerCap",
                    "type": "uint256"
                  },
                  {
                    "name": "postReserve",
                    "type": "uint256"
                  },
                  {
                    "name": "postBounty",
                    "type": "uint256"
                  },
                  {
                    "name": "quorumBps",
                    "type": "uint256"
                  },
                  {
                    "name": "minSigners",
                    "type": "uint256"
                  },
                  {
                    "name": "forceDelay",
                    "type": "uint256"
                  },
                  {
                    "name": "forceCap",
                    "type": "uint256"
                  }
                ]
              }
            ]
          },
          {
            "name": "contact",
            "type": "bytes"
          },
          {
            "name": "deadline",
            "type": "uint256"
          },
          {
            "name": "signature",
            "type": "bytes"
          },
          {
            "name": "draw",
            "type": "uint256"
          },
          {
            "name": "v",
            "type": "uint8"
          },
          {
            "name": "r",
            "type": "bytes32"
          },
          {
            "name": "s",
            "type": "bytes32"
          }
        ]
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bytes32"
      }
    ],
    "stateMutability": "payable"
  },
  {
    "type": "function",
    "name": "post",
    "inputs": [
      {
        "name": "opening",
        "type": "tuple",
        "components": [
          {
            "name": "publisher",
            "type": "address"
          },
          {
            "name": "salt",
            "type": "bytes32"
          },
          {
            "name": "token",
            "type": "address"
          },
          {
            "name": "budget",
            "type": "uint256"
          },
          {
            "name": "bond",
            "type": "uint256"
          },
          {
            "name": "settler",
            "type": "address"
          },
          {
            "name": "manifest",
            "type": "bytes32"
          },
          {
            "name": "terms",
            "type": "tuple",
            "components": [
              {
                "name": "expiry",
                "type": "uint256"
              },
              {
                "name": "postDelay",
                "type": "uint256"
              },
              {
                "name": "challengeDelay",
                "type": "uint256"
              },
              {
                "name": "closeDelay",
                "type": "uint256"
              },
              {
                "name": "settlerCap",
                "type": "uint256"
              },
              {
                "name": "postReserve",
                "type": "uint256"
              },
              {
                "name": "postBounty",
                "type": "uint256"
              },
              {
                "name": "quorumBps",
                "type": "uint256"
              },
              {
                "name": "minSigners",
                "type": "uint256"
              },
              {
                "name": "forceDelay",
                "type": "uint256"
              },
              {
                "name": "forceCap",
                "type": "uint256"
              }
            ]
          }
        ]
      },
      {
        "name": "statement",
        "type": "tuple",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32"
          },
          {
            "name": "epoch",
            "type": "uint256"
          },
          {
            "name": "seq",
            "type": "uint256"
          },
          {
            "name": "last",
            "type": "bool"
          },
          {
            "name": "depth",
            "type": "uint256"
          },
          {
            "name": "total",
            "type": "uint256"
          },
          {
            "name": "units",
            "type": "uint256"
          },
          {
            "name": "root",
            "type": "bytes32"
          },
          {
            "name": "dataHash",
            "type": "bytes32"
          }
        ]
      },
      {
        "name": "signature",
        "type": "bytes"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "read",
    "inputs": [
      {
        "name": "slots",
        "type": "bytes32[]"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bytes32[]"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "resolve",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "account",
        "type": "address"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "setSettler",
    "inputs": [
      {
        "name": "opening",
        "type": "tuple",
        "components": [
          {
            "name": "publisher",
            "type": "address"
          },
          {
            "name": "salt",
            "type": "bytes32"
          },
          {
            "name": "token",
            "type": "address"
          },
          {
            "name": "budget",
            "type": "uint256"
          },
          {
            "name": "bond",
            "type": "uint256"
          },
          {
            "name": "settler",
            "type": "address"
          },
          {
            "name": "manifest",
            "type": "bytes32"
          },
          {
            "name": "terms",
            "type": "tuple",
            "components": [
              {
                "name": "expiry",
                "type": "uint256"
              },
              {
                "name": "postDelay",
                "type": "uint256"
              },
              {
                "name": "challengeDelay",
                "type": "uint256"
              },
              {
                "name": "closeDelay",
                "type": "uint256"
              },
              {
                "name": "settlerCap",
                "type": "uint256"
              },
              {
                "name": "postReserve",
                "type": "uint256"
              },
              {
                "name": "postBounty",
                "type": "uint256"
              },
              {
                "name": "quorumBps",
                "type": "uint256"
              },
              {
                "name": "minSigners",
                "type": "uint256"
              },
              {
                "name": "forceDelay",
                "type": "uint256"
              },
              {
                "name": "forceCap",
                "type": "uint256"
              }
            ]
          }
        ]
      },
      {
        "name": "settler",
        "type": "address"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "topUp",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "amount",
        "type": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "payable"
  },
  {
    "type": "function",
    "name": "veto",
    "inputs": [
      {
        "name": "order",
        "type": "tuple",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32"
          },
          {
            "name": "epoch",
            "type": "uint256"
          },
          {
            "name": "root",
            "type": "bytes32"
          }
        ]
      },
      {
        "name": "signature",
        "type": "bytes"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "event",
    "name": "Answered",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "account",
        "type": "address",
        "indexed": true
      },
      {
        "name": "proven",
        "type": "uint256",
        "indexed": false
      },
      {
        "name": "isSettled",
        "type": "bool",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "CashedOut",
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "indexed": true
      },
      {
        "name": "to",
        "type": "address",
        "indexed": true
      },
      {
        "name": "token",
        "type": "address",
        "indexed": false
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false
      },
      {
        "name": "fee",
        "type": "uint256",
        "indexed": false
      },
      {
        "name": "nonce",
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Challenged",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "account",
        "type": "address",
        "indexed": true
      },
      {
        "name": "promised",
        "type": "uint256",
        "indexed": false
      },
      {
        "name": "due",
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Claimed",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "epoch",
        "type": "uint256",
        "indexed": true
      },
      {
        "name": "account",
        "type": "address",
        "indexed": true
      },
      {
        "name": "index",
        "type": "uint256",
        "indexed": false
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "ContactGiven",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "contact",
        "type": "bytes",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "CreditPaid",
    "inputs": [
      {
        "name": "token",
        "type": "address",
        "indexed": true
      },
      {
        "name": "account",
        "type": "address",
        "indexed": true
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Credited",
    "inputs": [
      {
        "name": "token",
        "type": "address",
        "indexed": true
      },
      {
        "name": "account",
        "type": "address",
        "indexed": true
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "EpochForced",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "epoch",
        "type": "uint256",
        "indexed": true
      },
      {
        "name": "forced",
        "type": "tuple",
        "indexed": false,
        "components": [
          {
            "name": "jobId",
            "type": "bytes32"
          },
          {
            "name": "epoch",
            "type": "uint256"
          },
          {
            "name": "depth",
            "type": "uint256"
          },
          {
            "name": "total",
            "type": "uint256"
          },
          {
            "name": "root",
            "type": "bytes32"
          },
          {
            "name": "dataHash",
            "type": "bytes32"
          }
        ]
      },
      {
        "name": "finalAt",
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "EpochPosted",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "epoch",
        "type": "uint256",
        "indexed": true
      },
      {
        "name": "statement",
        "type": "tuple",
        "indexed": false,
        "components": [
          {
            "name": "jobId",
            "type": "bytes32"
          },
          {
            "name": "epoch",
            "type": "uint256"
          },
          {
            "name": "seq",
            "type": "uint256"
          },
          {
            "name": "last",
            "type": "bool"
          },
          {
            "name": "depth",
            "type": "uint256"
          },
          {
            "name": "total",
            "type": "uint256"
          },
          {
            "name": "units",
            "type": "uint256"
          },
          {
            "name": "root",
            "type": "bytes32"
          },
          {
            "name": "dataHash",
            "type": "bytes32"
          }
        ]
      },
      {
        "name": "finalAt",
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "EpochVetoed",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "epoch",
        "type": "uint256",
        "indexed": true
      },
      {
        "name": "root",
        "type": "bytes32",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "FeedbackGiven",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "account",
        "type": "address",
        "indexed": true
      },
      {
        "name": "from",
        "type": "address",
        "indexed": true
      },
      {
        "name": "weight",
        "type": "uint256",
        "indexed": false
      },
      {
        "name": "score",
        "type": "uint256",
        "indexed": false
      },
      {
        "name": "evidence",
        "type": "bytes32",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "JobClosed",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "refund",
        "type": "uint256",
        "indexed": false
      },
      {
        "name": "bond",
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "JobClosing",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "closeAt",
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "JobOpened",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "publisher",
        "type": "address",
        "indexed": true
      },
      {
        "name": "opening",
        "type": "tuple",
        "indexed": false,
        "components": [
          {
            "name": "publisher",
            "type": "address"
          },
          {
            "name": "salt",
            "type": "bytes32"
          },
          {
            "name": "token",
            "type": "address"
          },
          {
            "name": "budget",
            "type": "uint256"
          },
          {
            "name": "bond",
            "type": "uint256"
          },
          {
            "name": "settler",
            "type": "address"
          },
          {
            "name": "manifest",
            "type": "bytes32"
          },
          {
            "name": "terms",
            "type": "tuple",
            "components": [
              {
                "name": "expiry",
                "type": "uint256"
              },
              {
                "name": "postDelay",
                "type": "uint256"
              },
              {
                "name": "challengeDelay",
                "type": "uint256"
              },
              {
                "name": "closeDelay",
                "type": "uint256"
              },
              {
                "name": "settlerCap",
                "type": "uint256"
              },
              {
                "name": "postReserve",
                "type": "uint256"
              },
              {
                "name": "postBounty",
                "type": "uint256"
              },
              {
                "name": "quorumBps",
                "type": "uint256"
              },
              {
                "name": "minSigners",
                "type": "uint256"
              },
              {
                "name": "forceDelay",
                "type": "uint256"
              },
              {
                "name": "forceCap",
                "type": "uint256"
              }
            ]
          }
        ]
      },
      {
        "name": "budget",
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "JobToppedUp",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "from",
        "type": "address",
        "indexed": true
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "PostRepaid",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "epoch",
        "type": "uint256",
        "indexed": true
      },
      {
        "name": "poster",
        "type": "address",
        "indexed": true
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Resolved",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "account",
        "type": "address",
        "indexed": true
      },
      {
        "name": "compensation",
        "type": "uint256",
        "indexed": false
      },
      {
        "name": "penalty",
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "SettlerSet",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "settler",
        "type": "address",
        "indexed": false
      },
      {
        "name": "fromEpoch",
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "error",
    "name": "AlreadyClaimed",
    "inputs": [
      {
        "name": "epoch",
        "type": "uint256"
      },
      {
        "name": "index",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "AlreadyProven",
    "inputs": [
      {
        "name": "earned",
        "type": "uint256"
      },
      {
        "name": "proven",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "DisputeOpen",
    "inputs": [
      {
        "name": "disputes",
        "type": "uint256"
      },
      {
        "name": "jobId",
        "type": "bytes32"
      }
    ]
  },
  {
    "type": "error",
    "name": "DrawInDraw",
    "inputs": [
      {
        "name": "",
        "type": "uint256"
      },
      {
        "name": "",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "FeeTooHigh",
    "inputs": [
      {
        "name": "fee",
        "type": "uint256"
      },
      {
        "name": "limit",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "JobExists",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "state",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "NoDispute",
    "inputs": [
      {
        "name": "account",
        "type": "address"
      },
      {
        "name": "jobId",
        "type": "bytes32"
      }
    ]
  },
  {
    "type": "error",
    "name": "NoQuorum",
    "inputs": [
      {
        "name": "weight",
        "type": "uint256"
      },
      {
        "name": "needed",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "NonceUsed",
    "inputs": [
      {
        "name": "account",
        "type": "address"
      },
      {
        "name": "nonce",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "NotFinal",
    "inputs": [
      {
        "name": "epoch",
        "type": "uint256"
      },
      {
        "name": "finalAt",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "NotInTree",
    "inputs": [
      {
        "name": "root",
        "type": "bytes32"
      },
      {
        "name": "total",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "NotPending",
    "inputs": [
      {
        "name": "epoch",
        "type": "uint256"
      },
      {
        "name": "finalAt",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OutOfOrder",
    "inputs": [
      {
        "name": "place",
        "type": "uint256"
      },
      {
        "name": "least",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OverBudget",
    "inputs": [
      {
        "name": "added",
        "type": "uint256"
      },
      {
        "name": "available",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OverForceCap",
    "inputs": [
      {
        "name": "forced",
        "type": "uint256"
      },
      {
        "name": "cap",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OverSettlerCap",
    "inputs": [
      {
        "name": "posted",
        "type": "uint256"
      },
      {
        "name": "cap",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "PayRefused",
    "inputs": [
      {
        "name": "account",
        "type": "address"
      },
      {
        "name": "amount",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "SafeERC20FailedOperation",
    "inputs": [
      {
        "name": "token",
        "type": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "StaleSeq",
    "inputs": [
      {
        "name": "seq",
        "type": "uint256"
      },
      {
        "name": "posted",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "TooDeep",
    "inputs": [
      {
        "name": "depth",
        "type": "uint256"
      },
      {
        "name": "limit",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "TooEarly",
    "inputs": [
      {
        "name": "time",
        "type": "uint256"
      },
      {
        "name": "needed",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "TooLate",
    "inputs": [
      {
        "name": "time",
        "type": "uint256"
      },
      {
        "name": "limit",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "TooLittle",
    "inputs": [
      {
        "name": "amount",
        "type": "uint256"
      },
      {
        "name": "needed",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "TotalFell",
    "inputs": [
      {
        "name": "total",
        "type": "uint256"
      },
      {
        "name": "posted",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "UnsoundTerms",
    "inputs": [
      {
        "name": "field",
        "type": "uint256"
      },
      {
        "name": "value",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongAccount",
    "inputs": [
      {
        "name": "account",
        "type": "address"
      },
      {
        "name": "needed",
        "type": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongCaller",
    "inputs": [
      {
        "name": "caller",
        "type": "address"
      },
      {
        "name": "needed",
        "type": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongDeposit",
    "inputs": [
      {
        "name": "received",
        "type": "uint256"
      },
      {
        "name": "needed",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongEpoch",
    "inputs": [
      {
        "name": "epoch",
        "type": "uint256"
      },
      {
        "name": "needed",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongJob",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "needed",
        "type": "bytes32"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongLength",
    "inputs": [
      {
        "name": "length",
        "type": "uint256"
      },
      {
        "name": "needed",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongSigner",
    "inputs": [
      {
        "name": "needed",
        "type": "address"
      },
      {
        "name": "hash",
        "type": "bytes32"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongState",
    "inputs": [
      {
        "name": "state",
        "type": "uint256"
      },
      {
        "name": "jobId",
        "type": "bytes32"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongToken",
    "inputs": [
      {
        "name": "token",
        "type": "address"
      },
      {
        "name": "needed",
        "type": "address"
      }
    ]
  }
] as const
