// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The escrow of Weft
/// @notice Holds what publishers deposit for their jobs and pays it out, to the wei, as their settlers signed it.
/// It has no owner, takes no fee and cannot be changed. A posted total is earmarked for ever; what was never
/// posted goes back to the publisher when the job closes.
interface IEscrow {
    /// @notice The life of a job. A closed job still pays the claims of its epochs.
    enum State {
        None,
        Open,
        Closing,
        Closed
    }

    /// @notice What a publisher puts behind a job.
    struct Opening {
        bytes32 salt; // any number this publisher has not used before
        address token; // zero: the chain's own coin
        uint88 budget; // all that payees and posters can get
        uint88 bond; // comes back at the close
        address settler; // whose signature makes a statement; may be a contract (ERC-1271)
        bytes32 manifest; // the SHA-256 digest in the manifest's CID
    }

    /// @notice The rules of a job. Fixed at its opening.
    struct Terms {
        uint64 expiry; // from then on anybody may begin the close
        uint32 postDelay; // seconds from an epoch's first post until it is final
        uint32 challengeDelay; // seconds in which what became final must stay covered by the bond
        uint32 closeDelay; // seconds from the beginning of the close to its end
        uint88 settlerCap; // the most that can be posted in one day; zero: no cap
        uint88 postReserve; // the part of the budget that repays posters
        uint88 postBounty; // what one poster gets of it
        uint16 quorumBps; // share of the weight that may replace a silent settler
        uint8 minSigners; // fewest accounts in such a quorum
        uint32 forceDelay; // seconds for which its epoch can be vetoed
        uint88 forceCap; // the most it can ever pay out
    }

    struct Job {
        address publisher;
        uint88 budget;
        State state;
        address settler;
        uint88 bond;
        address token;
        uint88 committed; // the sum of all posted totals
        bytes32 manifest;
        uint32 epochs; // how many were posted; the next one's number
        uint40 closeAt; // zero until the close begins
        uint40 finalBy; // from then on no posted epoch is pending
        uint24 day; // the last day with a post, in days since 1970
        uint88 dayPosted; // what was posted on that day
        uint88 repaid; // what posters got of the reserve
        Terms terms;
    }

    struct Epoch {
        bytes32 root;
        uint88 total;
        uint88 claimed;
        uint40 finalAt; // zero: never posted
        uint24 seq;
        uint8 depth;
        uint8 flags; // bit 0: posted as last; bit 1: its poster was repaid
    }

    /// @notice What every payee has earned in one epoch, as one root. Signed by the settler (EIP-712).
    struct Statement {
        bytes32 jobId;
        uint32 epoch;
        uint24 seq; // a higher one replaces a lower one of the same epoch
        bool last; // nothing will be added to this epoch
        uint8 depth; // of the tree: it has 2^depth places
        uint88 total; // the sum of all amounts
        uint64 units; // verified units of the whole job
        bytes32 root;
        bytes32 dataHash; // the digest of the leaves and verdicts
    }

    /// @notice One payee's place in a statement.
    struct Leaf {
        address account;
        uint88 amount; // earned in this epoch: what a claim pays
        uint88 earned; // earned in the whole job
        uint32 index;
    }

    event JobOpened(bytes32 indexed jobId, address indexed publisher, Opening opening, Terms terms, bytes contact);
    event EpochPosted(bytes32 indexed jobId, uint32 indexed epoch, Statement statement, uint40 finalAt);
    event PostRepaid(bytes32 indexed jobId, uint32 indexed epoch, address indexed poster, uint88 amount);
    event Claimed(bytes32 indexed jobId, uint32 indexed epoch, address indexed account, uint32 index, uint88 amount);
    event JobClosing(bytes32 indexed jobId, uint40 closeAt);
    event JobClosed(bytes32 indexed jobId, uint88 refund, uint88 bond);

    error JobExists(bytes32 jobId);
    error BadTerms(string field, uint256 value);
    error WrongDeposit(uint256 received, uint256 expected);
    error WrongState(bytes32 jobId, State state);
    error WrongSigner(bytes32 jobId, address settler);
    error WrongEpoch(bytes32 jobId, uint32 epoch, uint32 next);
    error FormerEpochPending(bytes32 jobId, uint32 epoch, uint40 finalAt);
    error AlreadyFinal(bytes32 jobId, uint32 epoch, uint40 finalAt);
    error StaleSeq(bytes32 jobId, uint32 epoch, uint24 seq, uint24 posted);
    error TotalFell(bytes32 jobId, uint32 epoch, uint88 total, uint88 posted);
    error TooDeep(uint8 depth, uint8 limit);
    error OverBudget(bytes32 jobId, uint88 added, uint88 available);
    error OverSettlerCap(bytes32 jobId, uint88 posted, uint88 cap);
    error NotFinal(bytes32 jobId, uint32 epoch, uint40 finalAt);
    error AlreadyClaimed(bytes32 jobId, uint32 epoch, uint32 index);
    error WrongLength(uint256 length, uint256 expected);
    error IndexOutside(uint32 index, uint8 depth);
    error NotInTree(bytes32 root, uint256 total);
    error NotExpired(bytes32 jobId, uint64 expiry);
    error TooEarly(bytes32 jobId, uint40 due);

    /// @notice Opens a job with `budget + bond` behind it, in the chain's coin or in a token the caller approved.
    /// @param contact How to reach the publisher. Only emitted, so that a job can be found from the chain alone.
    /// @return jobId keccak256(abi.encode(chain id, escrow, publisher, salt))
    function open(Opening calldata opening, Terms calldata terms, bytes calldata contact)
        external
        payable
        returns (bytes32 jobId);

    /// @notice Posts a statement and earmarks its total for ever. Anybody may. The first post of an epoch starts its
    /// `postDelay`; until it ends a higher `seq` replaces the statement. One marked `last` is final at once while all
    /// that became final within `challengeDelay`, this total included, stays within half the bond.
    /// @dev One poster per epoch, if neither settler nor publisher, gets `postBounty` while the reserve lasts.
    function post(Statement calldata statement, bytes calldata signature) external;

    /// @notice Pays one leaf of a final epoch to the leaf's account, in full. Anybody may call.
    /// @param proof From the leaf upward, 44 bytes a level: the sibling's hash, then its sum in 12 bytes.
    function claim(bytes32 jobId, uint32 number, Leaf calldata leaf, bytes calldata proof) external;

    /// @notice Pays several leaves of one final epoch, leaving out those that were claimed before.
    function claimMany(bytes32 jobId, uint32 number, Leaf[] calldata leaves, bytes[] calldata proofs) external;

    /// @notice Begins the close: by the publisher at any time, by anybody once the job has expired.
    /// Statements signed until then can still be posted.
    function beginClose(bytes32 jobId) external;

    /// @notice Ends the close: what no posted total earmarks goes back to the publisher, and the bond with it.
    function close(bytes32 jobId) external;

    function job(bytes32 jobId) external view returns (Job memory);

    function epoch(bytes32 jobId, uint32 number) external view returns (Epoch memory);

    function isClaimed(bytes32 jobId, uint32 number, uint32 index) external view returns (bool);

    /// @notice What further statements of this job may add.
    function available(bytes32 jobId) external view returns (uint88);

    /// @notice The EIP-712 hash that the settler signs.
    function hashStatement(Statement calldata statement) external view returns (bytes32);

    /// @notice The hash of a leaf: 160 bytes go in, so that no leaf can be read as a node.
    function hashLeaf(Leaf calldata leaf) external pure returns (bytes32);

    /// @notice The hash of a node: each child's hash and sum, 128 bytes.
    function hashNode(bytes32 hashL, uint256 sumL, bytes32 hashR, uint256 sumR) external pure returns (bytes32);
}
